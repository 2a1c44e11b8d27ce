using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class JobCursorTests
{
    [Fact]
    public void A_cursor_reads_as_it_was_written()
    {
        var cursor = new JobCursor(new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero), Guid.CreateVersion7());

        JobCursor.TryParse(cursor.ToString(), out var read).ShouldBeTrue();
        read.ShouldBe(cursor);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not base64 !")]
    [InlineData("AAAA")]
    [InlineData("________________________________")]
    public void Anything_else_is_no_cursor(string? text) => JobCursor.TryParse(text, out _).ShouldBeFalse();
}
