require "servermetadata";

if servermetadataexists ["/shared/comment", "/shared/admin"] { keep; }
