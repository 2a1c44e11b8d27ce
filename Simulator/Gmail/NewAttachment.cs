namespace Switchboard.Simulator.Gmail;

/// <summary>An attachment of a mail; its content is never read.</summary>
internal sealed record NewAttachment(string Name, string ContentType = "application/octet-stream", long Size = 0);
