require ["fileinto", "Copy", "redirect", "fantasy"];
fileinto "x";
