require "fileinto";
fileinto "C:\mail\";
