using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Switchboard.Edge.Api.Webhooks.Gmail;

namespace Switchboard.Tests.Unit.Webhooks;

public sealed class GmailChangeTests
{
    [Theory]
    [InlineData("""{"emailAddress": "a@b.test", "historyId": 42}""")]
    [InlineData("""{"emailAddress": "a@b.test", "historyId": "42"}""")]
    public void A_push_says_which_mailbox_changed_and_up_to_where(string data)
    {
        Read(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(data))).ShouldBe(new GmailChange("a@b.test", 42));
        Read(Convert.ToBase64String(Encoding.UTF8.GetBytes(data))).ShouldBe(new GmailChange("a@b.test", 42));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("?")]
    [InlineData("bm90IGpzb24")]
    public void What_is_no_push_is_nothing(string? data) => Read(data).ShouldBeNull();

    private static GmailChange? Read(string? data) =>
        GmailChange.Read(new(JsonSerializer.SerializeToUtf8Bytes(new { message = new { data } })));
}
