package dev.provisioner.internal.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RowsTest {
  @Test
  void aCopyIsChangedAndTheOriginalIsNot() {
    Rows<String> original = Rows.of(new LinkedHashMap<>(Map.of("a", "1")));

    Rows.Editor<String> editor = original.edit();
    editor.put("b", "2");
    editor.put("a", "3");
    Rows<String> changed = editor.rows();
    editor.put("a", "4");
    editor.remove("b");

    assertThat(original).isEqualTo(Map.of("a", "1"));
    assertThat(changed).isEqualTo(Map.of("a", "3", "b", "2"));
    assertThat(editor.rows()).isEqualTo(Map.of("a", "4"));
  }

  @Test
  void allDoesAsALinkedMapDoes() {
    Random random = new Random(7);
    Map<String, Integer> expected = new LinkedHashMap<>();
    Rows.Editor<Integer> editor = Rows.<Integer>empty().edit();
    Rows<Integer> frozen = editor.rows();
    Map<String, Integer> frozenExpected = Map.of();
    for (int i = 0; i < 20_000; i++) {
      String name = "n" + random.nextInt(60);
      switch (random.nextInt(8)) {
        case 0 -> {
          editor.remove(name);
          expected.remove(name);
        }
        case 1 -> {
          assertThat(frozen).containsExactlyEntriesOf(frozenExpected);
          frozen = editor.rows();
          frozenExpected = new LinkedHashMap<>(expected);
        }
        case 2 -> assertThat(editor.get(name)).isEqualTo(expected.get(name));
        case 3 -> {
          editor = frozen.edit();
          expected = new LinkedHashMap<>(frozenExpected);
        }
        default -> {
          editor.put(name, i);
          expected.put(name, i);
        }
      }
    }
    assertThat(editor.rows()).containsExactlyEntriesOf(expected);
    assertThat(editor.rows().containsKey("no")).isFalse();
    assertThat(editor.rows().get("no")).isNull();
  }
}
