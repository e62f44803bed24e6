require ["copy", "fileinto", "date"];
fileinto "x";
