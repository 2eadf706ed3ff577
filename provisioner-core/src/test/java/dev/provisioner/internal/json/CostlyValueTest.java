package dev.provisioner.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import dev.provisioner.error.RefusedException;
import dev.provisioner.internal.json.Samples.Holder;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Values made to cost more than their size, or to be told as something else. */
final class CostlyValueTest {
  private static final String PLACE = "place";

  private final Codec codec = new Codec(null);

  @Test
  void aNumberWithTooLongAnExponentIsRefused() {
    for (String number : List.of("1e10000000001", "[-1E-99999999999]", "1e" + "9".repeat(900))) {
      assertThatThrownBy(() -> codec.parse(number.getBytes(UTF_8)))
          .as(number)
          .isInstanceOf(RefusedException.class)
          .hasMessageStartingWith("Recorded state is not JSON that this release can read");
    }
  }

  // ---- values that grow

  /** Twice the work at each level would not end. */
  @Test
  @Timeout(60)
  void setsOfSetsCostNoMoreThanTheirSize() {
    Object nested = "x";
    for (int i = 0; i < 150; i++) {
      nested = Set.of(nested);
    }
    Codec.Encoded encoded = codec.encode(nested, PLACE);
    assertThat(encoded.json().toString()).isEqualTo("[".repeat(150) + "\"x\"" + "]".repeat(150));
  }

  @Test
  void aSetThatContainsItselfIsRefusedBeforeTheStackOverflows() {
    Set<Object> self = Collections.newSetFromMap(new IdentityHashMap<>());
    self.add(new ArrayList<>(List.of(self)));
    assertThatThrownBy(() -> codec.encode(new Holder(self), PLACE))
        .isInstanceOf(RefusedException.class)
        .hasMessageEndingWith(" is nested deeper than 200 levels, or contains itself.");
    Object deep = "x";
    for (int i = 0; i < 201; i++) {
      deep = Set.of(deep);
    }
    Object tooDeep = deep;
    assertThatThrownBy(() -> codec.encode(tooDeep, PLACE)).hasMessageContaining("nested deeper");
  }

  @Test
  void aLongKeyOverManyElementsIsNotRepeatedForEach() {
    Object value = Map.of("k".repeat(200_000), new ArrayList<>(Collections.nCopies(20_000, 1)));
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    JsonNode json = codec.encode(value, PLACE).json();
    codec.decode(json, Object.class, PLACE);
    codec.redacted(json);
    // Once for each element would be 8 GB.
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(200_000_000);
  }

  @Test
  void tenThousandLevelsAreRefused() {
    Object deep = "x";
    for (int i = 0; i < 10_000; i++) {
      deep = List.of(deep);
    }
    Object value = deep;
    assertThatThrownBy(() -> codec.encode(new Holder(value), PLACE))
        .isInstanceOf(RefusedException.class)
        .hasMessage(
            Holder.class.getTypeName()
                + " cannot be recorded as JSON: field 'content.0.0' is nested deeper than 200"
                + " levels, or contains itself.");
    byte[] bytes = ("[".repeat(10_000) + "]".repeat(10_000)).getBytes(UTF_8);
    assertThatThrownBy(() -> codec.parse(bytes)).isInstanceOf(RefusedException.class);
  }

  // ---- what is told

  @Test
  void aHostileKeyIsShownShortAndOnOneLine() {
    String key = "a\nERROR forged \u202e" + "x".repeat(1000);
    assertThatThrownBy(() -> codec.encode(Map.of(key, Double.NaN), PLACE))
        .hasMessageEndingWith(
            " cannot be recorded as JSON: field 'a\\u000AERROR forged \\u202E"
                + "x".repeat(184)
                + "…' is not a finite number, which JSON cannot hold.");
  }

  @Test
  void twoKeysThatBecomeOneAreRefused() {
    Map<Object, Object> map = Map.of(1, "a", "1", "b");
    assertThatThrownBy(() -> codec.encode(new Holder(map), PLACE))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith(Holder.class.getTypeName() + " cannot be recorded as JSON: ");
  }
}
