require "copy";

# 33 are more actions than the engine runs, too.
if header :contains "subject" "all" {
    redirect :copy "m0@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m1@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m2@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m3@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m4@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m5@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m6@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m7@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m8@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m9@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m10@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m11@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m12@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m13@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m14@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m15@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m16@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m17@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m18@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m19@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m20@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m21@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m22@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m23@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m24@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m25@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m26@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m27@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m28@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m29@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m30@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m31@inside.example"; # tamis: allow spf-breakage because it is ours
    redirect :copy "m32@inside.example"; # tamis: allow spf-breakage because it is ours
}
