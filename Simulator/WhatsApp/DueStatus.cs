namespace Switchboard.Simulator.WhatsApp;

/// <summary>A status that is to be told.</summary>
/// <param name="Message">Of which message.</param>
/// <param name="Status">Which one.</param>
/// <param name="At">When it happens, and so is told at the earliest.</param>
/// <param name="ErrorCode">Why it failed, if it did.</param>
internal readonly record struct DueStatus(SentMessage Message, MessageStatuses Status, DateTimeOffset At, int? ErrorCode = null);
