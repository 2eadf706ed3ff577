package dev.provisioner.internal.json;

import static dev.provisioner.internal.json.Samples.CANARY;
import static dev.provisioner.internal.json.Samples.chain;
import static dev.provisioner.internal.json.Samples.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.error.RefusedException;
import dev.provisioner.error.SecretException;
import dev.provisioner.internal.json.Samples.Database;
import dev.provisioner.internal.json.Samples.Everything;
import dev.provisioner.internal.json.Samples.Holder;
import dev.provisioner.internal.json.Samples.Hosts;
import dev.provisioner.internal.json.Samples.Leaky;
import dev.provisioner.internal.json.Samples.Loaded;
import dev.provisioner.internal.json.Samples.Maybe;
import dev.provisioner.internal.json.Samples.Numbers;
import dev.provisioner.internal.json.Samples.Strict;
import dev.provisioner.secret.AesGcmCipher;
import dev.provisioner.secret.Secret;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CodecRefusalsTest {
  private static final String PLACE = "steps/landing/spec";

  private final AesGcmCipher cipher =
      AesGcmCipher.builder("k1", key(1)).fingerprintKey(key(9)).build();
  private final Codec codec = new Codec(cipher);
  private final Codec plain = new Codec(null);

  @Test
  void aSecretWithoutACipherIsRefusedAndTheMessageSaysWhatToDo() {
    Hosts value = new Hosts(List.of(new Database("db", Secret.of(CANARY))));
    assertThatThrownBy(() -> plain.encode(value, PLACE))
        .isInstanceOf(SecretException.class)
        .hasMessage(
            Hosts.class.getTypeName()
                + " holds a secret in field 'hosts.0.password' and the engine has no cipher to seal"
                + " it with. Configure ProvisioningEngine.builder().cipher(...), for example with"
                + " an AesGcmCipher.");
    JsonNode sealed = codec.encode(value, PLACE).json();
    assertThatThrownBy(() -> plain.decode(sealed, Hosts.class, PLACE))
        .isInstanceOf(SecretException.class)
        .hasMessage(
            "The recorded state holds sealed secrets and the engine has no cipher to open them"
                + " with. Configure ProvisioningEngine.builder().cipher(...) with the keys that"
                + " sealed them.");
    assertThat(plain.canSeal()).isFalse();
    assertThat(codec.canSeal()).isTrue();
  }

  @Test
  void whatCannotBeRecordedIsRefusedByTypeAndField() {
    assertThat(refusal(new Maybe(Optional.of(CANARY))))
        .isEqualTo(
            Maybe.class.getTypeName()
                + " cannot be recorded as JSON: field 'name' has the type java.util.Optional; use a"
                + " nullable field, absent when null.");
    assertThat(refusal(new Holder(new Object())))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content' has the type java.lang.Object, which"
                + " has no JSON form here. Use records of strings, numbers, booleans, enums,"
                + " Duration, Instant, LocalDate, URI, Path, byte[], Secret, lists, sets, maps and"
                + " further records; in a named module, open their package to"
                + " com.fasterxml.jackson.databind.");
    assertThat(refusal(new Holder(Map.of(Secret.of(CANARY), 1))))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content.[secret]' has a secret as a map key, which"
                + " cannot be sealed; use a list.");
    assertThat(refusal(new Holder(Double.NaN)))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content' is not a finite number, which JSON"
                + " cannot hold.");
    assertThat(refusal(new Holder(List.of(new Leaky()))))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content.0.name' could not be converted"
                + " (java.lang.IllegalStateException).");
    assertThat(refusal(new Holder(Set.of(Double.NaN))))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content.0' is not a finite number, which JSON"
                + " cannot hold.");
    assertThat(refusal(new Holder(Secret.of(CANARY + "\uD800"))))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content' holds text with an unpaired"
                + " surrogate, which UTF-8 would lose.");
    assertThat(refusal(new Holder(String.class)))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content' has the type java.lang.Class; record"
                + " a name that the host looks up.");
  }

  @Test
  void whatCouldNotBeParsedAgainIsRefusedBeforeItIsRecorded() {
    assertThat(refusal(new Holder(BigInteger.TEN.pow(999))))
        .isEqualTo(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content' is a number of more than 850"
                + " digits.");
    assertThat(refusal(new Holder(new BigDecimal(BigInteger.TEN.pow(999), 998))))
        .contains("850 digits");
    for (Object bearable :
        List.of(
            BigInteger.TEN.pow(850).negate(),
            new BigDecimal(BigInteger.TEN.pow(850), Integer.MAX_VALUE),
            new BigDecimal("-1.5E+999999999"),
            Double.MIN_VALUE,
            Map.of("k".repeat(100_000), "v".repeat(1_000_000)))) {
      JsonNode json = plain.encode(new Holder(bearable), PLACE).json();
      Holder read = plain.decode(plain.parse(plain.bytes(json)), Holder.class, PLACE);
      assertThat(plain.encode(read, PLACE).json()).isEqualTo(json);
    }
  }

  @Test
  void aValueThatContainsItselfIsRefused() {
    List<Object> self = new ArrayList<>();
    self.add(self);
    Map<String, Object> map = new HashMap<>();
    map.put("me", map);
    assertThat(refusal(self))
        .isEqualTo(
            "java.util.ArrayList cannot be recorded as JSON: field '0.0.0' is nested deeper than 200"
                + " levels, or contains itself.");
    assertThat(refusal(map)).endsWith("is nested deeper than 200 levels, or contains itself.");
    Object deep = "x";
    for (int i = 0; i < 200; i++) {
      deep = List.of(deep);
    }
    JsonNode json = plain.encode(deep, PLACE).json();
    assertThat(plain.decode(plain.parse(plain.bytes(json)), Object.class, PLACE)).isEqualTo(deep);
    assertThat(refusal(List.of(deep))).contains("nested deeper");
  }

  private String refusal(Object value) {
    Throwable thrown = catchThrowable(() -> codec.encode(value, PLACE));
    assertThat(thrown).isInstanceOf(RefusedException.class);
    assertThat(chain(thrown)).doesNotContain(CANARY);
    return String.valueOf(thrown.getMessage());
  }

  @Test
  void whatCannotBeReadIsRefusedByTypeAndFieldAndNeverQuoted() {
    assertThat(unreadable(Map.of("count", CANARY), Numbers.class))
        .isEqualTo(
            Numbers.class.getTypeName()
                + " cannot be read from the recorded JSON: field 'count' is missing or does not fit"
                + " the type int.");
    assertThat(unreadable(Map.of(), Numbers.class)).contains("field 'count' is missing");
    assertThat(unreadable(Map.of("count", "5"), Numbers.class)).contains("'count'");
    assertThat(unreadable(Map.of("count", 1.5), Numbers.class)).contains("'count'");
    assertThat(unreadable(Map.of("name", CANARY), Strict.class))
        .isEqualTo(
            Strict.class.getTypeName()
                + " cannot be read from the recorded JSON: it is refused by "
                + Strict.class.getTypeName()
                + " (java.lang.IllegalArgumentException).");
    for (String field : List.of("duration", "instant", "day", "size", "uri", "zone", "exact")) {
      assertThat(unreadable(Map.of(field, "%<\u0000 " + CANARY), Everything.class))
          .contains("field '" + field + "' ");
    }
    assertThat(unreadable(Map.of("secrets", Map.of(CANARY, 1)), Everything.class))
        .contains("java.time.LocalDate");
    assertThat(unreadable(Map.of("shapes", List.of(Map.of("kind", CANARY))), Everything.class))
        .contains("field 'shapes.0'");
    assertThat(unreadable(Map.of("password", List.of(CANARY)), Database.class))
        .contains("field 'password' is missing or does not fit");
    assertThat(unreadable(Map.of("password", Map.of("a", CANARY)), Database.class))
        .contains("dev.provisioner.secret.Secret");
  }

  @Test
  void noClassIsLoadedBecauseTheStateNamesIt() {
    assertThat(unreadable(Map.of("type", "java.lang.String"), Loaded.class))
        .isEqualTo(
            Loaded.class.getTypeName()
                + " cannot be read from the recorded JSON: field 'type' has the type"
                + " java.lang.Class; record a name that the host looks up.");
  }

  private String unreadable(Map<String, Object> value, Class<?> type) {
    JsonNode json = plain.encode(value, PLACE).json();
    Throwable thrown = catchThrowable(() -> codec.decode(json, type, PLACE));
    assertThat(thrown).isInstanceOf(RefusedException.class);
    assertThat(chain(thrown)).doesNotContain(CANARY);
    return String.valueOf(thrown.getMessage());
  }

  @Test
  void aFormOfANewerReleaseIsRefused() {
    JsonNode json = plain.parse("{\"a\":{\"$later\":1}}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> plain.decode(json, Map.class, PLACE))
        .hasMessage(
            "java.util.Map cannot be read from the recorded JSON: field 'a' is recorded in a form"
                + " that this release does not know ('$later'). A newer release wrote it, or"
                + " something else did.");
  }

  @Test
  void textThatIsNoJsonIsNeverQuoted() {
    for (String text : List.of("{\"a\":" + CANARY, "\"" + CANARY, CANARY, "{} " + CANARY)) {
      Throwable thrown = catchThrowable(() -> plain.parse(text.getBytes(StandardCharsets.UTF_8)));
      assertThat(thrown).isInstanceOf(RefusedException.class);
      assertThat(chain(thrown)).doesNotContain(CANARY);
    }
  }
}
