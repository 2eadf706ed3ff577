package dev.provisioner.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.provisioner.tenant.NameRule;
import dev.provisioner.tenant.Tenant;
import dev.provisioner.tenant.TenantId;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class NamesTest {
  private static final List<String> HOSTILE =
      List.of(
          "acme",
          "Acme",
          "a_cme",
          "a-cme",
          "a.cme",
          "../acme",
          "acme/",
          "ACME",
          "株式会社",
          "123",
          "-",
          "--a--",
          "é",
          "e\u0301",
          "a".repeat(512),
          "$(rm -rf ~)",
          "%2e%2e%2f",
          "İ",
          "ß");

  @Test
  void theSameNameForEverForTheSameTenant() {
    Tenant<String> acme = Tenant.of(TenantId.of("acme"), "", "shop-eu", "onboarding");
    // Written down: a change of the derivation would lose every recorded tenant's resources.
    assertThat(acme.name("landing", 63)).isEqualTo(LANDING);
    assertThat(acme.name("landing", 20)).isEqualTo("acme-land-w2mt5yawdy");
  }

  private static final String LANDING = "acme-landing-w2mt5yawdy";

  @Test
  void everyNameKeepsItsTargetsRule() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      int length = 16 + random.nextInt(50);
      char separator = random.nextBoolean() ? '-' : '_';
      NameRule rule = new NameRule(length, separator);
      String id = HOSTILE.get(random.nextInt(HOSTILE.size()));
      String label = HOSTILE.get(random.nextInt(HOSTILE.size()));
      String name =
          Names.of("shop", TenantId.of(id), "plan").derive("step", label, random.nextInt(3), rule);
      assertThat(name)
          .as("%s of %s at %s", label, id, rule)
          .hasSizeLessThanOrEqualTo(length)
          .matches("[a-z][a-z0-9]*(" + separator + "[a-z0-9]+)+");
    }
  }

  @Test
  void lookAlikesNeverShareAName() {
    Set<String> names = new HashSet<>();
    for (String id : HOSTILE) {
      names.add(Names.of("shop", TenantId.of(id), "plan").derive("step", "a", 0, rule(16)));
    }
    assertThat(names).hasSize(HOSTILE.size());
  }

  @Test
  void aMillionTenantsHaveAMillionNames() {
    Set<String> names = new HashSet<>(2_000_000);
    for (int i = 0; i < 1_000_000; i++) {
      names.add(Names.of("shop", TenantId.of("t" + i), "plan").derive("step", "a", 0, rule(16)));
    }
    assertThat(names).hasSize(1_000_000);
  }

  @Test
  void movingACharacterFromOnePartToTheNextGivesAnotherHash() {
    assertThat(Names.of("ab", TenantId.of("c"), "d").digest("e"))
        .isNotEqualTo(Names.of("a", TenantId.of("bc"), "d").digest("e"))
        .isNotEqualTo(Names.of("ab", TenantId.of("cd"), "").digest("e"))
        .isNotEqualTo(Names.of("ab", TenantId.of("c"), "de").digest(""))
        .isNotEqualTo(Names.of("ab", TenantId.of("c"), "d").digest("e", ""));
  }

  @Test
  void installationPlanRoleLabelAndGenerationAllCount() {
    Names names = Names.of("shop", TenantId.of("acme"), "plan");
    Set<String> derived =
        new HashSet<>(
            List.of(
                names.derive("step", "a", 0, rule(40)),
                names.derive("label", "a", 0, rule(40)),
                names.derive("step", "a", 1, rule(40)),
                names.derive("step", "A", 0, rule(40)),
                Names.of("shop2", TenantId.of("acme"), "plan").derive("step", "a", 0, rule(40)),
                Names.of("shop", TenantId.of("acme"), "plan2").derive("step", "a", 0, rule(40))));
    assertThat(derived).hasSize(6);
  }

  @Test
  void aRuleLeavesRoomForTheHash() {
    assertThatThrownBy(() -> NameRule.hyphenated(15))
        .hasMessage(
            "A name rule allows 16 to 255 characters, not 15: shorter names leave no room for the"
                + " hash that keeps tenants apart.");
    assertThatThrownBy(() -> new NameRule(63, '.'))
        .hasMessage("A name rule separates with '-' or '_', not '.'.");
  }

  private static NameRule rule(int length) {
    return NameRule.hyphenated(length);
  }
}
