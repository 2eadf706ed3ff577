/** State in Amazon S3. */
module dev.provisioner.aws {
  requires transitive dev.provisioner.core;
  requires static transitive org.jspecify;
  requires java.xml;
  requires software.amazon.awssdk.awscore;
  requires software.amazon.awssdk.core;
  requires software.amazon.awssdk.http;
  requires transitive software.amazon.awssdk.services.s3;

  exports dev.provisioner.aws;
}
