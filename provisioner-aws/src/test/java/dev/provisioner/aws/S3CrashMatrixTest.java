package dev.provisioner.aws;

import dev.provisioner.state.StateStore;
import dev.provisioner.testkit.matrix.CrashMatrixContract;
import dev.provisioner.testkit.parts.RealPart;
import dev.provisioner.testkit.parts.RequiresPart;
import org.junit.jupiter.api.extension.RegisterExtension;

@RequiresPart(RealPart.AWS_EMULATOR)
final class S3CrashMatrixTest implements CrashMatrixContract {
  @RegisterExtension static final Emulated AWS = new Emulated();

  @Override
  public int every() {
    return 300;
  }

  @Override
  public int pairs() {
    return 1;
  }

  @Override
  public StateStore openEmpty() {
    return S3StateStore.builder(AWS.client(), AWS.newBucket()).open();
  }
}
