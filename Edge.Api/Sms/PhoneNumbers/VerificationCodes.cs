using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Security;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>Gives a number a new code, which makes the one before void, and has it sent: both with the caller's transaction.</summary>
internal sealed class VerificationCodes(SecretProtector secrets, JobOutbox outbox, TimeProvider clock)
{
    private const string Sql =
        $"""
        UPDATE user_phone_numbers p
        SET code = $2, code_expires_at = $3, code_tries = 0, code_sent_at = NULL, code_error = NULL, paused_until = NULL
        WHERE id = $1
        RETURNING {PhoneNumberResponse.Columns}
        """;

    /// <summary>Stages the job that sends it; the caller flushes it after the commit.</summary>
    public async Task<PhoneNumberResponse> IssueAsync(
        NpgsqlTransaction transaction, Guid phoneNumberId, IReadOnlyCollection<OutgoingJob> staged, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var code = secrets.Protect(VerificationCode.New(), SendVerificationCode.CodePurpose);
        var number = await transaction.Command(Sql, phoneNumberId, code, (now + VerificationCode.Lifetime).ToStorable())
            .FirstAsync(row => PhoneNumberResponse.Read(row, now), cancellation);
        await outbox.StageAsync(transaction.Connection!, transaction, staged, cancellation);
        return number!;
    }
}
