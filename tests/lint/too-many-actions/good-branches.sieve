require ["envelope", "fileinto"];
# Of each message one of ninety in all: branches in branches, different senders, sizes that part.
if header :contains "list-id" "list00." {
    if header :contains "subject" "a" { fileinto "A00"; }
    elsif size :over 10K { fileinto "B00"; }
    else { fileinto "C00"; }
}
elsif header :contains "list-id" "list01." {
    if header :contains "subject" "a" { fileinto "A01"; }
    elsif size :over 10K { fileinto "B01"; }
    else { fileinto "C01"; }
}
elsif header :contains "list-id" "list02." {
    if header :contains "subject" "a" { fileinto "A02"; }
    elsif size :over 10K { fileinto "B02"; }
    else { fileinto "C02"; }
}
elsif header :contains "list-id" "list03." {
    if header :contains "subject" "a" { fileinto "A03"; }
    elsif size :over 10K { fileinto "B03"; }
    else { fileinto "C03"; }
}
elsif header :contains "list-id" "list04." {
    if header :contains "subject" "a" { fileinto "A04"; }
    elsif size :over 10K { fileinto "B04"; }
    else { fileinto "C04"; }
}
elsif header :contains "list-id" "list05." {
    if header :contains "subject" "a" { fileinto "A05"; }
    elsif size :over 10K { fileinto "B05"; }
    else { fileinto "C05"; }
}
elsif header :contains "list-id" "list06." {
    if header :contains "subject" "a" { fileinto "A06"; }
    elsif size :over 10K { fileinto "B06"; }
    else { fileinto "C06"; }
}
elsif header :contains "list-id" "list07." {
    if header :contains "subject" "a" { fileinto "A07"; }
    elsif size :over 10K { fileinto "B07"; }
    else { fileinto "C07"; }
}
elsif header :contains "list-id" "list08." {
    if header :contains "subject" "a" { fileinto "A08"; }
    elsif size :over 10K { fileinto "B08"; }
    else { fileinto "C08"; }
}
elsif header :contains "list-id" "list09." {
    if header :contains "subject" "a" { fileinto "A09"; }
    elsif size :over 10K { fileinto "B09"; }
    else { fileinto "C09"; }
}
elsif header :contains "list-id" "list10." {
    if header :contains "subject" "a" { fileinto "A10"; }
    elsif size :over 10K { fileinto "B10"; }
    else { fileinto "C10"; }
}
elsif header :contains "list-id" "list11." {
    if header :contains "subject" "a" { fileinto "A11"; }
    elsif size :over 10K { fileinto "B11"; }
    else { fileinto "C11"; }
}
elsif header :contains "list-id" "list12." {
    if header :contains "subject" "a" { fileinto "A12"; }
    elsif size :over 10K { fileinto "B12"; }
    else { fileinto "C12"; }
}
elsif header :contains "list-id" "list13." {
    if header :contains "subject" "a" { fileinto "A13"; }
    elsif size :over 10K { fileinto "B13"; }
    else { fileinto "C13"; }
}
elsif header :contains "list-id" "list14." {
    if header :contains "subject" "a" { fileinto "A14"; }
    elsif size :over 10K { fileinto "B14"; }
    else { fileinto "C14"; }
}
elsif header :contains "list-id" "list15." {
    if header :contains "subject" "a" { fileinto "A15"; }
    elsif size :over 10K { fileinto "B15"; }
    else { fileinto "C15"; }
}
elsif header :contains "list-id" "list16." {
    if header :contains "subject" "a" { fileinto "A16"; }
    elsif size :over 10K { fileinto "B16"; }
    else { fileinto "C16"; }
}
elsif header :contains "list-id" "list17." {
    if header :contains "subject" "a" { fileinto "A17"; }
    elsif size :over 10K { fileinto "B17"; }
    else { fileinto "C17"; }
}
elsif header :contains "list-id" "list18." {
    if header :contains "subject" "a" { fileinto "A18"; }
    elsif size :over 10K { fileinto "B18"; }
    else { fileinto "C18"; }
}
elsif header :contains "list-id" "list19." {
    if header :contains "subject" "a" { fileinto "A19"; }
    elsif size :over 10K { fileinto "B19"; }
    else { fileinto "C19"; }
}
elsif header :contains "list-id" "list20." {
    if header :contains "subject" "a" { fileinto "A20"; }
    elsif size :over 10K { fileinto "B20"; }
    else { fileinto "C20"; }
}
elsif header :contains "list-id" "list21." {
    if header :contains "subject" "a" { fileinto "A21"; }
    elsif size :over 10K { fileinto "B21"; }
    else { fileinto "C21"; }
}
elsif header :contains "list-id" "list22." {
    if header :contains "subject" "a" { fileinto "A22"; }
    elsif size :over 10K { fileinto "B22"; }
    else { fileinto "C22"; }
}
elsif header :contains "list-id" "list23." {
    if header :contains "subject" "a" { fileinto "A23"; }
    elsif size :over 10K { fileinto "B23"; }
    else { fileinto "C23"; }
}
elsif header :contains "list-id" "list24." {
    if header :contains "subject" "a" { fileinto "A24"; }
    elsif size :over 10K { fileinto "B24"; }
    else { fileinto "C24"; }
}
elsif header :contains "list-id" "list25." {
    if header :contains "subject" "a" { fileinto "A25"; }
    elsif size :over 10K { fileinto "B25"; }
    else { fileinto "C25"; }
}
elsif header :contains "list-id" "list26." {
    if header :contains "subject" "a" { fileinto "A26"; }
    elsif size :over 10K { fileinto "B26"; }
    else { fileinto "C26"; }
}
elsif header :contains "list-id" "list27." {
    if header :contains "subject" "a" { fileinto "A27"; }
    elsif size :over 10K { fileinto "B27"; }
    else { fileinto "C27"; }
}
elsif header :contains "list-id" "list28." {
    if header :contains "subject" "a" { fileinto "A28"; }
    elsif size :over 10K { fileinto "B28"; }
    else { fileinto "C28"; }
}
elsif header :contains "list-id" "list29." {
    if header :contains "subject" "a" { fileinto "A29"; }
    elsif size :over 10K { fileinto "B29"; }
    else { fileinto "C29"; }
}
if envelope :is "from" "p00@customer.example" { fileinto "P00"; }
if envelope :is "from" "p01@customer.example" { fileinto "P01"; }
if envelope :is "from" "p02@customer.example" { fileinto "P02"; }
if envelope :is "from" "p03@customer.example" { fileinto "P03"; }
if envelope :is "from" "p04@customer.example" { fileinto "P04"; }
if envelope :is "from" "p05@customer.example" { fileinto "P05"; }
if envelope :is "from" "p06@customer.example" { fileinto "P06"; }
if envelope :is "from" "p07@customer.example" { fileinto "P07"; }
if envelope :is "from" "p08@customer.example" { fileinto "P08"; }
if envelope :is "from" "p09@customer.example" { fileinto "P09"; }
if envelope :is "from" "p10@customer.example" { fileinto "P10"; }
if envelope :is "from" "p11@customer.example" { fileinto "P11"; }
if envelope :is "from" "p12@customer.example" { fileinto "P12"; }
if envelope :is "from" "p13@customer.example" { fileinto "P13"; }
if envelope :is "from" "p14@customer.example" { fileinto "P14"; }
if envelope :is "from" "p15@customer.example" { fileinto "P15"; }
if envelope :is "from" "p16@customer.example" { fileinto "P16"; }
if envelope :is "from" "p17@customer.example" { fileinto "P17"; }
if envelope :is "from" "p18@customer.example" { fileinto "P18"; }
if envelope :is "from" "p19@customer.example" { fileinto "P19"; }
if envelope :is "from" "p20@customer.example" { fileinto "P20"; }
if envelope :is "from" "p21@customer.example" { fileinto "P21"; }
if envelope :is "from" "p22@customer.example" { fileinto "P22"; }
if envelope :is "from" "p23@customer.example" { fileinto "P23"; }
if envelope :is "from" "p24@customer.example" { fileinto "P24"; }
if envelope :is "from" "p25@customer.example" { fileinto "P25"; }
if envelope :is "from" "p26@customer.example" { fileinto "P26"; }
if envelope :is "from" "p27@customer.example" { fileinto "P27"; }
if envelope :is "from" "p28@customer.example" { fileinto "P28"; }
if envelope :is "from" "p29@customer.example" { fileinto "P29"; }
if envelope :is "from" "p30@customer.example" { fileinto "P30"; }
if envelope :is "from" "p31@customer.example" { fileinto "P31"; }
if envelope :is "from" "p32@customer.example" { fileinto "P32"; }
if envelope :is "from" "p33@customer.example" { fileinto "P33"; }
if envelope :is "from" "p34@customer.example" { fileinto "P34"; }
if envelope :is "from" "p35@customer.example" { fileinto "P35"; }
if envelope :is "from" "p36@customer.example" { fileinto "P36"; }
if envelope :is "from" "p37@customer.example" { fileinto "P37"; }
if envelope :is "from" "p38@customer.example" { fileinto "P38"; }
if envelope :is "from" "p39@customer.example" { fileinto "P39"; }
if allof(size :over 0K, not size :over 1K) { fileinto "S00"; }
if allof(size :over 1K, not size :over 2K) { fileinto "S01"; }
if allof(size :over 2K, not size :over 3K) { fileinto "S02"; }
if allof(size :over 3K, not size :over 4K) { fileinto "S03"; }
if allof(size :over 4K, not size :over 5K) { fileinto "S04"; }
if allof(size :over 5K, not size :over 6K) { fileinto "S05"; }
if allof(size :over 6K, not size :over 7K) { fileinto "S06"; }
if allof(size :over 7K, not size :over 8K) { fileinto "S07"; }
if allof(size :over 8K, not size :over 9K) { fileinto "S08"; }
if allof(size :over 9K, not size :over 10K) { fileinto "S09"; }
if allof(size :over 10K, not size :over 11K) { fileinto "S10"; }
if allof(size :over 11K, not size :over 12K) { fileinto "S11"; }
if allof(size :over 12K, not size :over 13K) { fileinto "S12"; }
if allof(size :over 13K, not size :over 14K) { fileinto "S13"; }
if allof(size :over 14K, not size :over 15K) { fileinto "S14"; }
if allof(size :over 15K, not size :over 16K) { fileinto "S15"; }
if allof(size :over 16K, not size :over 17K) { fileinto "S16"; }
if allof(size :over 17K, not size :over 18K) { fileinto "S17"; }
if allof(size :over 18K, not size :over 19K) { fileinto "S18"; }
if allof(size :over 19K, not size :over 20K) { fileinto "S19"; }
if allof(size :over 20K, not size :over 21K) { fileinto "S20"; }
if allof(size :over 21K, not size :over 22K) { fileinto "S21"; }
if allof(size :over 22K, not size :over 23K) { fileinto "S22"; }
if allof(size :over 23K, not size :over 24K) { fileinto "S23"; }
if allof(size :over 24K, not size :over 25K) { fileinto "S24"; }
if allof(size :over 25K, not size :over 26K) { fileinto "S25"; }
if allof(size :over 26K, not size :over 27K) { fileinto "S26"; }
if allof(size :over 27K, not size :over 28K) { fileinto "S27"; }
if allof(size :over 28K, not size :over 29K) { fileinto "S28"; }
if allof(size :over 29K, not size :over 30K) { fileinto "S29"; }
if allof(size :over 30K, not size :over 31K) { fileinto "S30"; }
if allof(size :over 31K, not size :over 32K) { fileinto "S31"; }
if allof(size :over 32K, not size :over 33K) { fileinto "S32"; }
if allof(size :over 33K, not size :over 34K) { fileinto "S33"; }
if allof(size :over 34K, not size :over 35K) { fileinto "S34"; }
if allof(size :over 35K, not size :over 36K) { fileinto "S35"; }
if allof(size :over 36K, not size :over 37K) { fileinto "S36"; }
if allof(size :over 37K, not size :over 38K) { fileinto "S37"; }
if allof(size :over 38K, not size :over 39K) { fileinto "S38"; }
if allof(size :over 39K, not size :over 40K) { fileinto "S39"; }
if header :matches "subject" "[t00] *" { fileinto "T00"; }
if header :matches "subject" "[t01] *" { fileinto "T01"; }
if header :matches "subject" "[t02] *" { fileinto "T02"; }
if header :matches "subject" "[t03] *" { fileinto "T03"; }
if header :matches "subject" "[t04] *" { fileinto "T04"; }
if header :matches "subject" "[t05] *" { fileinto "T05"; }
if header :matches "subject" "[t06] *" { fileinto "T06"; }
if header :matches "subject" "[t07] *" { fileinto "T07"; }
if header :matches "subject" "[t08] *" { fileinto "T08"; }
if header :matches "subject" "[t09] *" { fileinto "T09"; }
if header :matches "subject" "[t10] *" { fileinto "T10"; }
if header :matches "subject" "[t11] *" { fileinto "T11"; }
if header :matches "subject" "[t12] *" { fileinto "T12"; }
if header :matches "subject" "[t13] *" { fileinto "T13"; }
if header :matches "subject" "[t14] *" { fileinto "T14"; }
if header :matches "subject" "[t15] *" { fileinto "T15"; }
if header :matches "subject" "[t16] *" { fileinto "T16"; }
if header :matches "subject" "[t17] *" { fileinto "T17"; }
if header :matches "subject" "[t18] *" { fileinto "T18"; }
if header :matches "subject" "[t19] *" { fileinto "T19"; }
if header :matches "subject" "[t20] *" { fileinto "T20"; }
if header :matches "subject" "[t21] *" { fileinto "T21"; }
if header :matches "subject" "[t22] *" { fileinto "T22"; }
if header :matches "subject" "[t23] *" { fileinto "T23"; }
if header :matches "subject" "[t24] *" { fileinto "T24"; }
if header :matches "subject" "[t25] *" { fileinto "T25"; }
if header :matches "subject" "[t26] *" { fileinto "T26"; }
if header :matches "subject" "[t27] *" { fileinto "T27"; }
if header :matches "subject" "[t28] *" { fileinto "T28"; }
if header :matches "subject" "[t29] *" { fileinto "T29"; }
if header :matches "subject" "[t30] *" { fileinto "T30"; }
if header :matches "subject" "[t31] *" { fileinto "T31"; }
if header :matches "subject" "[t32] *" { fileinto "T32"; }
if header :matches "subject" "[t33] *" { fileinto "T33"; }
if header :matches "subject" "[t34] *" { fileinto "T34"; }
if header :matches "subject" "[t35] *" { fileinto "T35"; }
if header :matches "subject" "[t36] *" { fileinto "T36"; }
if header :matches "subject" "[t37] *" { fileinto "T37"; }
if header :matches "subject" "[t38] *" { fileinto "T38"; }
if header :matches "subject" "[t39] *" { fileinto "T39"; }
