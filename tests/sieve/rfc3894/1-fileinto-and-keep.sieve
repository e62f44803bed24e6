require "fileinto";

fileinto "unfiltered";
keep;
