using System.Net;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Tests.Dispatch;

public sealed class StoredAddressTests(PostgresServer postgres) : PushTest(postgres), IClassFixture<PostgresServer>
{
    private const string Slack = "https://hooks.slack.com/services/T1/B1/";
    private readonly PostgresServer _postgres = postgres;

    [Fact]
    public async Task A_dead_address_is_turned_off_with_what_the_service_said_and_not_called_again()
    {
        Answer = (HttpStatusCode.NotFound, "no_service");
        var address = await AddAddressAsync("chat", "slack", Slack + "dead");

        Failed(await SendAsync("chat", address)).ShouldBe((FailureKind.Permanent, "Slack answered HTTP 404: no_service."));
        (await DisabledReasonAsync(address)).ShouldBe("Slack answered HTTP 404: no_service.");
        Failed(await SendAsync("chat", address))
            .ShouldBe((FailureKind.Permanent, "The address is turned off: Slack answered HTTP 404: no_service."));
        Posted.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_address_stays_on_when_only_its_service_is_down()
    {
        Answer = (HttpStatusCode.InternalServerError, "rollup_error");
        var address = await AddAddressAsync("chat", "slack", Slack + "down");

        Failed(await SendAsync("chat", address)).Kind.ShouldBe(FailureKind.Transient);
        (await DisabledReasonAsync(address)).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_gone_another_users_or_of_another_channel_is_not_called()
    {
        Failed(await SendAsync("push", Guid.CreateVersion7())).ShouldBe((FailureKind.Permanent, "The address is not there any more."));
        Failed(await SendAsync("chat", await AddAddressAsync("chat", "slack", Slack + "others", user: Guid.CreateVersion7())))
            .ShouldBe((FailureKind.Permanent, "The address is not there any more."));
        Failed(await SendAsync("push", await AddAddressAsync("chat", "slack", Slack + "chat")))
            .ShouldBe((FailureKind.Permanent, "The address is one of the channel chat."));
        Posted.ShouldBeEmpty();
    }

    [Fact]
    public async Task While_the_database_is_away_nothing_is_sent_and_nothing_fails()
    {
        var address = await AddAddressAsync("chat", "slack", Slack + "away");
        await _postgres.KillAsync();
        // a session that is open may outlive its server for a moment
        Database.Clear();
        try
        {
            (await SendAsync("chat", address)).ShouldBeOfType<SendResult.Deferred>();
            Posted.ShouldBeEmpty();
        }
        finally
        {
            await _postgres.StartAsync();
        }
    }

    [Fact]
    public async Task An_address_that_the_key_does_not_decrypt_waits_for_the_operator()
    {
        var address = await AddAddressAsync("chat", "slack", Slack + "key");
        await ExecuteAsync("UPDATE recipient_addresses SET secret = set_byte(secret, 40, 255 - get_byte(secret, 40)) WHERE id = $1", address);

        Failed(await SendAsync("chat", address)).Kind.ShouldBe(FailureKind.Unauthorized);
        (await DisabledReasonAsync(address)).ShouldBeNull();
    }

    private static (FailureKind Kind, string Error) Failed(SendResult result) =>
        result.ShouldBeOfType<SendResult.Failed>().Failure is var failure ? (failure.Kind, failure.Error) : default;
}
