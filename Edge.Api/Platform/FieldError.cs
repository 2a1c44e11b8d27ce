namespace Switchboard.Edge.Api.Platform;

/// <summary>What is wrong with one field of a request: an entry of a validation problem's <c>errors</c>.</summary>
/// <param name="Name">The field as the request spells it: <c>sender.addresses[2]</c>, <c>[3].messageId</c>.</param>
/// <param name="Reason">What is wrong with it.</param>
internal sealed record FieldError(string Name, string Reason);
