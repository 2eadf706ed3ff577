package dev.provisioner.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class FileNamesTest {
  @Test
  void aPlainIdIsItsOwnName() {
    for (String plain :
        List.of("acme", "a", "0", "acme-2", "3f6c1e9a-9d0b-4b0e-8a55-0c7d1b1f2e3d")) {
      assertThat(FileNames.of(plain)).isEqualTo(plain);
    }
  }

  @Test
  void anyOtherIdIsItsReadablePartAndAHash() {
    assertThat(FileNames.of("Acme Corp.")).matches("acme-corp_[a-z2-7]{26}");
    assertThat(FileNames.of("../../etc/passwd")).matches("etc-passwd_[a-z2-7]{26}");
    assertThat(FileNames.of("\u4e16\u754c")).matches("x_[a-z2-7]{26}");
    assertThat(FileNames.of("con")).matches("con_[a-z2-7]{26}");
    assertThat(FileNames.of("a-")).matches("a_[a-z2-7]{26}");
    assertThat(FileNames.of("x".repeat(41))).matches("x{24}_[a-z2-7]{26}");
  }

  @Test
  void everyNameIsSafeAndFoldsToItself() {
    for (String id :
        List.of(
            "..", ".", "/", "\\", "C:", "a/b", "nul", "-rf", "~", "*", "\u0130", "ACME", "a.b")) {
      String name = FileNames.of(id);
      assertThat(FileNames.isName(name)).isTrue();
      assertThat(name).isEqualTo(name.toLowerCase(Locale.ROOT)).hasSizeLessThanOrEqualTo(67);
      assertThat(name).doesNotContain(".", "/", "\\").isNotEqualTo(id);
    }
  }

  @Test
  void aNameThatLooksHashedIsHashedAgain() {
    String hashed = FileNames.of("Acme");
    assertThat(FileNames.of(hashed)).isNotEqualTo(hashed);
  }

  @Test
  void whatIsNoNameOfOursIsNotTakenForOne() {
    for (String found :
        List.of("", ".", "..", "Acme", "a_b", "state.tmp", ".DS_Store", "-a", "a-")) {
      assertThat(FileNames.isName(found)).as(found).isFalse();
    }
  }
}
