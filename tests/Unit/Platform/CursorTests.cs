using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Platform;

public sealed class CursorTests
{
    private static readonly Cursor Last = new(new(2026, 11, 22, 6, 0, 0, 123, 456, TimeSpan.Zero), Guid.CreateVersion7());

    [Fact]
    public void A_cursor_comes_back_as_it_went()
    {
        Cursor.TryDecode("rules", Last.Encode("rules"), out var read).ShouldBeTrue();

        read.ShouldBe(Last);
    }

    [Fact]
    public void Whatever_character_is_changed_it_is_no_cursor_any_more()
    {
        var text = Last.Encode("rules");

        for (var index = 0; index < text.Length; index++)
        {
            var changed = string.Concat(text.AsSpan(0, index), text[index] == 'A' ? "B" : "A", text.AsSpan(index + 1));
            Cursor.TryDecode("rules", changed, out _).ShouldBeFalse(changed);
        }
    }

    [Fact]
    public void A_cursor_of_another_list_is_none_of_this_one() =>
        Cursor.TryDecode("notifications", Last.Encode("rules"), out _).ShouldBeFalse();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    public void What_was_never_a_cursor_is_none(string? text) => Cursor.TryDecode("rules", text, out _).ShouldBeFalse();

    [Fact]
    public void A_page_that_is_full_to_the_last_item_has_no_next_one_and_one_more_item_makes_one()
    {
        Page<int>.Of([1, 2, 3], 3, last => $"after {last}").ShouldSatisfyAllConditions(
            page => page.Items.ShouldBe([1, 2, 3]),
            page => page.NextCursor.ShouldBeNull());
        Page<int>.Of([1, 2, 3, 4], 3, last => $"after {last}").ShouldSatisfyAllConditions(
            page => page.Items.ShouldBe([1, 2, 3]),
            page => page.NextCursor.ShouldBe("after 3"));
    }
}
