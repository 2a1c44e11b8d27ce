namespace Switchboard.Core.Sms;

/// <summary>A file of a text, still at the provider.</summary>
/// <param name="Url">Where it is; null when the provider counted it and named no address.</param>
/// <param name="ContentType">What the provider says that it is.</param>
public sealed record InboundMedia(string? Url, string? ContentType);
