package dev.provisioner.testkit;

import dev.provisioner.tenant.Tenant;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

class FakeResourcesContractTest {
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  @Nested
  class Plain extends FakeResourcesContract {
    Plain() {
      super(new FakeCloud(), builder -> builder);
    }
  }

  @Nested
  class Pending extends FakeResourcesContract {
    Pending() {
      super(new FakeCloud(), builder -> builder.pending(3).pollAfter(AT_ONCE));
    }
  }

  @Nested
  class NamedBySpec extends FakeResourcesContract {
    NamedBySpec() {
      super(new FakeCloud(), builder -> builder);
    }

    @Override
    public FakeSpec spec(Tenant<?> tenant) {
      return super.spec(tenant).named(tenant.name("named", 63));
    }

    @Override
    public void plant(FakeSpec spec, String name, @Nullable String marker) {
      String explicit = spec.name();
      super.plant(spec, explicit == null ? name : explicit, marker);
    }
  }

  @Nested
  class InALaggingCloud extends FakeResourcesContract {
    InALaggingCloud() {
      super(
          FakeCloud.eventuallyConsistent(Faults.none(), 2),
          builder -> builder.confirmsCreations().pollAfter(AT_ONCE));
    }
  }
}
