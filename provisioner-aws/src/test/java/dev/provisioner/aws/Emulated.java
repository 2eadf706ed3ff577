package dev.provisioner.aws;

import dev.provisioner.testkit.http.FaultProxy;
import dev.provisioner.testkit.parts.AwsEmulator;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * An AWS emulator behind a proxy, for the tests of a class. The emulator's conditional writes are
 * not atomic, so it gets one request at a time.
 */
final class Emulated implements BeforeAllCallback, AfterAllCallback {
  private record Running(AwsEmulator emulator, FaultProxy proxy, S3Client client) {}

  private @Nullable Running running;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException, InterruptedException {
    AwsEmulator emulator = AwsEmulator.start();
    FaultProxy proxy = FaultProxy.to(emulator.url()).oneAtATime();
    running = new Running(emulator, proxy, client(proxy.url()));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    running().client().close();
    running().proxy().close();
    running().emulator().close();
  }

  private Running running() {
    return Objects.requireNonNull(running, "not started");
  }

  static S3Client client(URI endpoint) {
    return client(endpoint, limits -> {});
  }

  static S3Client client(URI endpoint, Consumer<ClientOverrideConfiguration.Builder> limits) {
    return S3Client.builder()
        .endpointOverride(endpoint)
        .overrideConfiguration(limits)
        .forcePathStyle(true)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .build();
  }

  FaultProxy proxy() {
    return running().proxy();
  }

  S3Client client() {
    return running().client();
  }

  /** Counts the requests that reached the emulator and got a status. */
  long answered(String request, int status) throws IOException {
    return running().emulator().answered(request, status);
  }

  /** Makes a bucket that no other test uses. */
  String newBucket() {
    String bucket = "state-" + UUID.randomUUID();
    client().createBucket(create -> create.bucket(bucket));
    return bucket;
  }
}
