using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Jobs;
using Switchboard.Core.Security;
using Switchboard.Core.Sms;
using Switchboard.Workers.Dispatch.Channels.Sms;

namespace Switchboard.Tests.Dispatch;

public sealed class SendVerificationCodeTests(PostgresServer postgres) : SmsTest(postgres), IClassFixture<PostgresServer>
{
    private const string Code = "012345";
    private static int _line = 100_000;

    [Fact]
    public async Task A_code_is_sent_once_without_a_status_callback_and_noted()
    {
        var (id, number) = await LinkAsync();
        var asked = Time.GetUtcNow();

        (await HandleAsync(id, asked)).ShouldBe(JobOutcome.Done);
        (await HandleAsync(id, asked)).ShouldBe(JobOutcome.Done);

        var form = Posted.ShouldHaveSingleItem();
        form.ShouldContain($"To={number}&Body=Your Switchboard code is {Code}. It is valid for 10 minutes.");
        form.ShouldNotContain("StatusCallback");
        (await StateAsync(id)).ShouldBe("sent");
    }

    [Fact]
    public async Task A_code_that_was_asked_for_after_the_last_one_was_sent_is_sent()
    {
        var (id, _) = await LinkAsync();
        await HandleAsync(id, Time.GetUtcNow());
        Time.Advance(TimeSpan.FromMinutes(1));

        (await HandleAsync(id, Time.GetUtcNow())).ShouldBe(JobOutcome.Done);

        Posted.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_verified_void_or_unlinked_is_not_sent()
    {
        var (verified, _) = await LinkAsync();
        var (isVoid, _) = await LinkAsync();
        await ExecuteAsync("UPDATE user_phone_numbers SET verified_at = now() WHERE id = $1", verified);
        await ExecuteAsync("UPDATE user_phone_numbers SET code = NULL WHERE id = $1", isVoid);

        foreach (var id in new[] { verified, isVoid, Guid.CreateVersion7() })
            (await HandleAsync(id, Time.GetUtcNow())).ShouldBe(JobOutcome.Done);

        Posted.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_code_that_expired_before_it_could_be_sent_says_so_to_its_user()
    {
        var (id, _) = await LinkAsync();
        Time.Advance(TimeSpan.FromMinutes(10));

        (await HandleAsync(id, Time.GetUtcNow())).ShouldBe(JobOutcome.Done);

        Posted.ShouldBeEmpty();
        (await StateAsync(id)).ShouldStartWith("The code could not be sent while it was valid.");
    }

    [Fact]
    public async Task A_number_that_twilio_refuses_is_told_to_its_user_and_a_code_that_is_sent_later_clears_that()
    {
        var (id, _) = await LinkAsync();
        Refuse(21614, "no mobile number");

        (await HandleAsync(id, Time.GetUtcNow())).ShouldBe(JobOutcome.Done);
        (await StateAsync(id)).ShouldBe("Twilio error 21614: no mobile number");

        Answer = (HttpStatusCode.Created, """{"sid":"SM1"}""");
        await HandleAsync(id, Time.GetUtcNow());
        (await StateAsync(id)).ShouldBe("sent");
    }

    [Fact]
    public async Task The_code_is_in_no_error_even_if_twilio_repeats_it()
    {
        var (id, _) = await LinkAsync();
        Answer = (HttpStatusCode.ServiceUnavailable, $$"""{"code":20503,"message":"not now: {{Code}}","status":503}""");

        (await HandleAsync(id, Time.GetUtcNow())).ShouldBe(JobOutcome.Retry("Twilio error 20503: not now: ******"));
        (await StateAsync(id)).ShouldBe("");
    }

    [Fact]
    public async Task No_log_names_the_number_whatever_twilio_says()
    {
        var (id, number) = await LinkAsync();
        Refuse(21211, $"The 'To' number {number} of jane@example.com is not a valid phone number");

        await HandleAsync(id, Time.GetUtcNow());

        (await StateAsync(id)).ShouldContain(number, customMessage: "the user may see their own");
        var lines = Log.GetSnapshot().Select(line => $"{line.Message} {string.Join(' ', line.StructuredState ?? [])} {line.Exception}").ToArray();
        lines.ShouldContain(line => line.Contains("21211", StringComparison.Ordinal));
        lines.ShouldAllBe(line => !line.Contains(number, StringComparison.Ordinal) && !line.Contains("jane@", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_the_last_attempt_the_user_is_told()
    {
        var (id, _) = await LinkAsync();
        Answer = (HttpStatusCode.GatewayTimeout, "");

        (await HandleAsync(id, Time.GetUtcNow(), isLast: true)).ShouldBeOfType<JobOutcome.RetryOutcome>();

        (await StateAsync(id)).ShouldBe("The code could not be sent. Ask for another one.");
    }

    [Fact]
    public async Task What_became_of_a_code_is_not_noted_on_a_newer_one()
    {
        var (id, _) = await LinkAsync();
        var codes = Services.GetRequiredService<RequestedCodeStore>();
        var old = (await codes.ReadAsync([id], default))[id].Code!;
        await ExecuteAsync("UPDATE user_phone_numbers SET code = $2 WHERE id = $1", id, Protect(id));

        await codes.NoteAsync([new(id, old, Time.GetUtcNow(), null)], default);

        (await StateAsync(id)).ShouldBe("");
    }

    [Fact]
    public async Task A_code_that_cannot_be_decrypted_is_the_operators_and_its_user_asks_for_another_one()
    {
        var (id, _) = await LinkAsync();
        await ExecuteAsync("UPDATE user_phone_numbers SET code = $2 WHERE id = $1", id, new byte[40]);

        (await HandleAsync(id, Time.GetUtcNow())).ShouldBeOfType<JobOutcome.DeadOutcome>();

        (await StateAsync(id)).ShouldContain("Ask for another one.");
    }

    private async Task<(Guid Id, string Number)> LinkAsync()
    {
        var (user, id, number) = (Guid.CreateVersion7(), Guid.CreateVersion7(), $"+1555{Interlocked.Increment(ref _line):D7}");
        await ExecuteAsync("INSERT INTO users (id, email, name, created_at) VALUES ($1, $2, 'x', now())", user, $"{user}@texts.test");
        await ExecuteAsync(
            "INSERT INTO user_phone_numbers (id, user_id, phone_number, code, code_expires_at, created_at) VALUES ($1, $2, $3, $4, $5, now())",
            id, user, number, Protect(id), Time.GetUtcNow().AddMinutes(10));
        return (id, number);
    }

    private byte[] Protect(Guid id) => Services.GetRequiredService<SecretProtector>().Protect(Code, SecretColumn.PhoneCode, id);

    private async Task<JobOutcome> HandleAsync(Guid id, DateTimeOffset enqueuedAt, bool isLast = false)
    {
        await using var scope = Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<SendVerificationCodeHandler>().HandleAsync(
            [new(new SendVerificationCode(Guid.CreateVersion7(), id), 1, enqueuedAt, isLast, false, null)], default)).ShouldHaveSingleItem();
    }

    /// <summary>Why the code was not sent; "sent" if it was.</summary>
    private async Task<string> StateAsync(Guid id) => (string)(await ExecuteAsync(
        "SELECT coalesce(code_error, CASE WHEN code_sent_at IS NOT NULL THEN 'sent' ELSE '' END) FROM user_phone_numbers WHERE id = $1", id))!;
}
