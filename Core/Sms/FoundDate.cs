namespace Switchboard.Core.Sms;

/// <summary>A day that a text names.</summary>
/// <param name="Text">As it is written: <c>12 March 2026</c>, <c>tomorrow</c>.</param>
/// <param name="Value">The day; of a name such as <c>tomorrow</c>, counted from the day (UTC) on which the text was received.</param>
public sealed record FoundDate(string Text, DateOnly Value);
