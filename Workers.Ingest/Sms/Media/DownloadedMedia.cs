namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>A file that arrived.</summary>
/// <param name="SizeBytes">Its size.</param>
/// <param name="ContentType">What the answer said that it is.</param>
internal sealed record DownloadedMedia(long SizeBytes, string? ContentType);
