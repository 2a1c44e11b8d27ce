namespace Switchboard.Core.Sms;

/// <summary>An amount of money that a text names.</summary>
/// <param name="Text">As it is written: <c>€12.50</c>, <c>1.234,56 EUR</c>.</param>
/// <param name="Value">How much.</param>
/// <param name="Currency">Of which currency (ISO 4217): <c>EUR</c>.</param>
public sealed record FoundAmount(string Text, decimal Value, string Currency);
