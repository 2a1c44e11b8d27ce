using Switchboard.Core.Jobs;

namespace Switchboard.Core.Sms;

/// <summary>Send the open code of a phone number to it. The code is not here: it is read, encrypted, from the number's row.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="PhoneNumberId">The number, a row in <c>user_phone_numbers</c>.</param>
public sealed record SendVerificationCode(Guid Id, Guid PhoneNumberId) : IJob
{
    /// <summary>The purpose under which the column <c>code</c> is encrypted (<see cref="Security.SecretProtector"/>).</summary>
    public const string CodePurpose = "phone-verification-code";

    /// <inheritdoc/>
    public static JobType Type { get; } = new("send-verification-code", 1, JobWorker.Dispatch, JobPriority.Critical);

    /// <summary>Only for the log: a code that is sent twice is the same code.</summary>
    public string IdempotencyKey => $"phone-number:{PhoneNumberId}/{Id}";
}
