namespace Switchboard.Edge.Api.Platform;

/// <summary>What was answered to the first request with this key.</summary>
/// <param name="RequestHash">Which request it was.</param>
/// <param name="Response">The answer's body, encrypted.</param>
internal sealed record PriorAnswer(byte[] RequestHash, byte[] Response);
