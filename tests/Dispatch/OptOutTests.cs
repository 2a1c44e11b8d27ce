using Microsoft.Extensions.DependencyInjection;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Tests.Dispatch;

public sealed class OptOutTests(PostgresServer postgres) : SmsTest(postgres), IClassFixture<PostgresServer>
{
    private readonly PostgresServer _postgres = postgres;

    [Fact]
    public async Task A_number_that_said_STOP_is_not_sent_to_and_twilio_is_not_asked()
    {
        await ExecuteAsync("INSERT INTO sms_opt_outs VALUES ('+15550100011', $1, 'stop')", Time.GetUtcNow().AddDays(-29));

        (await SendAsync("+15550100011")).ShouldBeOfType<SendResult.Rejected>().Error.ShouldContain("said STOP");

        Posted.ShouldBeEmpty();
    }

    [Fact]
    public async Task After_thirty_days_twilio_is_asked_again()
    {
        await ExecuteAsync("INSERT INTO sms_opt_outs VALUES ('+15550100012', $1, 'stop')", Time.GetUtcNow().AddDays(-31));

        (await SendAsync("+15550100012")).ShouldBe(new SendResult.Accepted("SM1", 201));
    }

    [Fact]
    public async Task A_number_that_twilio_knows_as_opted_out_is_asked_about_once()
    {
        await ExecuteAsync("INSERT INTO sms_opt_outs VALUES ('+15550100013', $1, 'stop')", Time.GetUtcNow().AddDays(-31));
        Refuse(21610);

        (await SendAsync("+15550100013")).ShouldBe(new SendResult.Rejected("Twilio error 21610: told", 400));
        (await SendAsync("+15550100013")).ShouldBeOfType<SendResult.Rejected>().Error.ShouldContain("said STOP");

        Posted.ShouldHaveSingleItem();
        (await ExecuteAsync("SELECT reason FROM sms_opt_outs WHERE phone_number = '+15550100013'")).ShouldBe("21610");
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
            (await SendAsync("+15550100014")).ShouldBeOfType<SendResult.NotTried>();
            Posted.ShouldHaveSingleItem();
        }
        finally
        {
            await _postgres.StartAsync();
        }
    }

    private Task<SendResult> SendAsync(string to) =>
        Services.GetRequiredService<IChannel>().SendAsync(new(Guid.CreateVersion7(), to, "text"), default);
}
