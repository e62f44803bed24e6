require :is "fileinto";
require "vacation";
