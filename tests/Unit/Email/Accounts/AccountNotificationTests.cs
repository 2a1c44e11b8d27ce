using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Core.Email;
using Switchboard.Edge.Api.Webhooks.Graph;

namespace Switchboard.Tests.Unit.Email.Accounts;

public sealed class AccountNotificationTests
{
    private static readonly GraphClientState State = new(Options.Create(new GraphWebhookOptions { ClientState = "the secret" }));

    // as the guide to change notifications shows one
    private const string Notification =
        """
        {"value":[{
          "id":"lsgTZMr9KwAAA","subscriptionId":"s1","subscriptionExpirationDateTime":"2026-03-19T22:11:09.952Z","clientState":"the secret",
          "changeType":"created","resource":"Users/ddfc/Messages/AAMk1","tenantId":"84bd8158",
          "resourceData":{"@odata.type":"#Microsoft.Graph.Message","@odata.id":"Users/ddfc/Messages/AAMk1","@odata.etag":"W/\"C\"","id":"AAMk1"}}]}
        """;

    [Fact]
    public void A_notification_tells_which_mail_was_added() =>
        Read(Notification).Changes.ShouldBe([new GraphChange("s1", "AAMk1")]);

    [Fact]
    public void A_notification_in_pieces_is_the_same()
    {
        var bytes = Encoding.UTF8.GetBytes(Notification);
        var first = new Piece(bytes.AsMemory(0, 100));
        var last = first.Then(bytes.AsMemory(100));

        GraphNotification.Read(new(first, 0, last, last.Memory.Length))!.Value!.Single()!.ResourceData!.Id.ShouldBe("AAMk1");
    }

    [Fact]
    public void Of_mixed_client_states_only_the_right_items_count()
    {
        var reading = Read(
            """
            {"value":[
              {"subscriptionId":"s1","clientState":"the secret","resourceData":{"id":"m1"}},
              {"subscriptionId":"s2","clientState":"another","resourceData":{"id":"m2"}},
              {"subscriptionId":"s3","resourceData":{"id":"m3"}},
              null,
              {"subscriptionId":"s4","clientState":"the secret ","resourceData":{"id":"m4"}},
              {"subscriptionId":"s5","clientState":"the secret","resourceData":{"id":"m5"}}]}
            """);

        reading.Changes.ShouldBe([new GraphChange("s1", "m1"), new GraphChange("s5", "m5")]);
        reading.Rejected.ShouldBe(4);
    }

    [Theory]
    [InlineData("reauthorizationRequired")]
    [InlineData("subscriptionRemoved")]
    [InlineData("missed")]
    public void An_event_of_a_subscription_is_passed_on_without_a_mail(string lifecycle) =>
        GraphNotificationReader.ChangeOf(new("s1", null, lifecycle, "Users/ddfc/Messages", new(null))).ShouldBe(new GraphChange("s1", null, lifecycle));

    [Theory]
    [InlineData("Users/u/Messages/m1", "m1")]
    [InlineData("users/u/messages/m1", "m1")]
    [InlineData("Users/u/MailFolders('inbox')/Messages/m1", "m1")]
    [InlineData("Users/u/Messages", null)]
    [InlineData("Users/u/Messages/", null)]
    [InlineData("Users/u/Messages/m1/attachments", null)]
    [InlineData(null, null)]
    public void Without_its_data_the_mail_is_the_end_of_the_resource(string? resource, string? expected) =>
        GraphNotificationReader.ChangeOf(new("s1", null, null, resource, null))?.MessageId.ShouldBe(expected);

    [Fact]
    public void An_item_that_says_nothing_that_is_known_is_counted_but_not_passed_on()
    {
        var reading = Read(
            """
            {"value":[
              {"subscriptionId":"s1","clientState":"the secret","lifecycleEvent":"somethingNew"},
              {"clientState":"the secret","resourceData":{"id":"m1"}},
              {"subscriptionId":"s1\u0000","clientState":"the secret","resourceData":{"id":"m1"}},
              {"subscriptionId":"s1","clientState":"the secret"}]}
            """);

        reading.Changes.ShouldBeEmpty();
        (reading.Rejected, reading.Unreadable).ShouldBe((0, 4));
    }

    [Fact]
    public void Ids_longer_than_any_are_not_taken()
    {
        GraphNotificationReader.ChangeOf(new(new string('s', 129), null, null, null, new("m"))).ShouldBeNull();
        GraphNotificationReader.ChangeOf(new("s", null, null, null, new(new string('m', 1_025)))).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"value":[]}{}""")]
    public void What_is_no_notification_is_refused(string body) =>
        Should.Throw<JsonException>(() => GraphNotification.Read(new(Encoding.UTF8.GetBytes(body))));

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"value":{}}""")]
    public void Without_a_list_of_items_there_is_none(string body) =>
        GraphNotification.Read(new(Encoding.UTF8.GetBytes(body))).Value.ShouldBeNull();

    [Fact]
    public void An_item_that_is_no_object_spoils_none_beside_it() =>
        GraphNotification.Read(new(Encoding.UTF8.GetBytes("""{"value":[1,{"subscriptionId":"s"}]}"""))).Value!
            .Select(item => item?.SubscriptionId).ShouldBe([null, "s"]);

    [Fact]
    public void Without_a_secret_nothing_is_ours()
    {
        var none = new GraphClientState(Options.Create(new GraphWebhookOptions()));

        none.IsOurs("").ShouldBeFalse();
        none.IsOurs(null).ShouldBeFalse();
    }

    private static GraphReading Read(string body) =>
        GraphNotificationReader.Read(GraphNotification.Read(new(Encoding.UTF8.GetBytes(body)))!.Value!, State);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Piece Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
