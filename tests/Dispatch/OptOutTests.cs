using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Providers;
using Switchboard.Core.Sms;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Tests.Dispatch;

public sealed class OptOutTests(PostgresServer postgres) : SmsTest(postgres), IClassFixture<PostgresServer>
{
    private readonly PostgresServer _postgres = postgres;

    private SmsOptOutStore OptOuts => Services.GetRequiredService<SmsOptOutStore>();

    [Fact]
    public async Task A_number_that_said_STOP_is_not_sent_to_however_long_ago_and_twilio_is_not_asked()
    {
        await OptOuts.StopAsync("+15550100011", "SM-stop-11", default);
        Time.Advance(TimeSpan.FromDays(400));

        Stopped(await SendAsync("+15550100011"));

        Posted.ShouldBeEmpty();
    }

    [Fact]
    public async Task START_ends_a_STOP_and_a_STOP_that_is_delivered_again_does_not_come_back()
    {
        await OptOuts.StopAsync("+15550100015", "SM-stop-15", default);
        await OptOuts.StartAsync("+15550100015", "SM-start-15", default);
        await OptOuts.StopAsync("+15550100015", "SM-stop-15", default);

        (await SendAsync("+15550100015")).ShouldBe(new SendResult.Accepted("SM1", 201));

        await OptOuts.StopAsync("+15550100015", "SM-stop-again-15", default);
        await OptOuts.StartAsync("+15550100015", "SM-start-15", default);
        Stopped(await SendAsync("+15550100015"));
    }

    [Fact]
    public async Task What_twilio_infers_does_not_shorten_what_the_number_said_and_a_STOP_makes_an_inferred_one_last()
    {
        await OptOuts.StopAsync("+15550100016", "SM-stop-16", default);
        await OptOuts.InferAsync("+15550100016", default);
        await OptOuts.InferAsync("+15550100017", default);
        await OptOuts.StopAsync("+15550100017", "SM-stop-17", default);
        Time.Advance(TimeSpan.FromDays(31));

        Stopped(await SendAsync("+15550100016"));
        Stopped(await SendAsync("+15550100017"));
    }

    [Fact]
    public async Task An_inferred_one_is_believed_for_thirty_days_then_twilio_is_asked_again()
    {
        await OptOuts.InferAsync("+15550100012", default);
        Time.Advance(TimeSpan.FromDays(29));
        Stopped(await SendAsync("+15550100012"));
        Time.Advance(TimeSpan.FromDays(2));

        (await SendAsync("+15550100012")).ShouldBe(new SendResult.Accepted("SM1", 201));
    }

    [Fact]
    public async Task A_number_that_twilio_knows_as_opted_out_is_asked_about_once()
    {
        Refuse(21610);

        (await SendAsync("+15550100013")).ShouldBe(new SendResult.Failed(new(FailureKind.Permanent, "Twilio error 21610: told", 400, Code: "21610")));
        Stopped(await SendAsync("+15550100013"));

        Posted.ShouldHaveSingleItem();
        (await ExecuteAsync("SELECT reason FROM sms_opt_outs WHERE phone_number = '+15550100013'")).ShouldBe("21610");
    }

    [Fact]
    public async Task A_callback_that_is_delivered_again_after_START_infers_nothing()
    {
        await OptOuts.InferAsync("+15550100018", "SM-refused-18", default);
        await OptOuts.StartAsync("+15550100018", "SM-start-18", default);
        await OptOuts.InferAsync("+15550100018", "SM-refused-18", default);

        (await SendAsync("+15550100018")).ShouldBe(new SendResult.Accepted("SM1", 201));
    }

    [Fact]
    public async Task While_the_database_is_away_nothing_is_sent_and_nothing_fails()
    {
        await SendAsync("+15550100014");
        await _postgres.KillAsync();
        // a session that is open may outlive its server for a moment
        Database.Clear();
        try
        {
            (await SendAsync("+15550100014")).ShouldBeOfType<SendResult.Deferred>();
            Posted.ShouldHaveSingleItem();
        }
        finally
        {
            await _postgres.StartAsync();
        }
    }

    private Task<SendResult> SendAsync(string to) =>
        Services.GetRequiredService<IChannel>().SendAsync(new(Guid.CreateVersion7(), Guid.Empty, to, "text", DateTimeOffset.UnixEpoch), default);

    private static void Stopped(SendResult result) =>
        result.ShouldBeOfType<SendResult.Failed>().Failure.Error.ShouldContain("said STOP");
}
