namespace Switchboard.Load.Sms;

/// <summary>A verified phone number, and the key of its user.</summary>
internal sealed record LoadNumber(string Number, string Key);
