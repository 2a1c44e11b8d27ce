namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>What became of a code.</summary>
/// <param name="PhoneNumberId">Of which number.</param>
/// <param name="Code">The code, as it is stored.</param>
/// <param name="SentAt">When the provider took it; null if it did not.</param>
/// <param name="Error">Why it did not, for the user.</param>
internal sealed record CodeNote(Guid PhoneNumberId, byte[] Code, DateTimeOffset? SentAt, string? Error);
