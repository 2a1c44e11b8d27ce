namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>A phone number as far as its open code goes.</summary>
/// <param name="PhoneNumber">The number, in E.164.</param>
/// <param name="Code">The code, encrypted; null when none is open: it was given back, or void.</param>
/// <param name="ExpiresAt">Until when it is taken back.</param>
/// <param name="SentAt">When the provider last took a code for this number.</param>
internal sealed record PendingVerification(string PhoneNumber, byte[]? Code, DateTimeOffset? ExpiresAt, DateTimeOffset? SentAt);
