using Switchboard.Edge.Api.Sms.Enrichments;

namespace Switchboard.Tests.Unit.Sms.Enrichments;

public sealed class EnrichmentTests
{
    [Fact]
    public void A_file_that_failed_can_be_fetched_again() =>
        new RetryDecision("failed", Part: 1, HasMediaUrl: true).Refusal.ShouldBeNull();

    [Theory]
    [InlineData("pending", 1, true, "Wait until it is completed or failed")]
    [InlineData("processing", 1, true, "Wait until it is completed or failed")]
    [InlineData("completed", 1, true, "nothing to try again")]
    [InlineData("failed", 0, false, "the SMS itself")]
    [InlineData("failed", 1, false, "named no address")]
    public void Anything_else_is_refused_with_what_to_do(string status, int part, bool hasMediaUrl, string says) =>
        new RetryDecision(status, part, hasMediaUrl).Refusal.ShouldNotBeNull().ShouldContain(says);

    [Theory]
    [InlineData("image/png", "inline", ".png\"")]
    [InlineData("audio/mpeg", "inline", ".mp3\"")]
    [InlineData("video/mp4", "inline", ".mp4\"")]
    [InlineData("image/svg+xml", "attachment", "\"")]
    [InlineData("application/pdf", "attachment", ".pdf\"")]
    [InlineData("text/html", "attachment", ".html\"")]
    [InlineData("text/plain; charset=utf-8", "attachment", ".txt\"")]
    public void Only_what_a_page_shows_or_plays_is_opened_in_it(string contentType, string disposition, string end)
    {
        var header = new KeptFile("key", contentType, 1).Disposition(Guid.CreateVersion7());

        header.ShouldStartWith(disposition + ";");
        header.ShouldEndWith(end);
    }
}
