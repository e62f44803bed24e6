require "processcalendar";

processcalendar;
