package dev.provisioner.aws;

import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.StateStoreContract;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

@RequiresPart(RealPart.AWS_EMULATOR)
final class S3StateStoreContractTest implements StateStoreContract {
  @RegisterExtension static final Emulated AWS = new Emulated();

  private String bucket;

  @BeforeEach
  void makeBucket() {
    bucket = AWS.newBucket();
  }

  @Override
  public StateStore open() {
    return S3StateStore.builder(AWS.client(), bucket).prefix("provisioner/").open();
  }
}
