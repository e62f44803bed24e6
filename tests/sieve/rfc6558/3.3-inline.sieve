require ["mime", "foreverypart", "convert"];
foreverypart
{
  if header :mime :param "filename" :contains
            "Content-Disposition" "inline"
  {
    if size :over 500K
    {
     convert "image/tiff" "image/jpeg" ["pix-x=640","pix-y=480"];
    } else {

     convert "image/tiff" "image/jpeg" ["pix-x=320","pix-y=240"];
    }
  }
}
