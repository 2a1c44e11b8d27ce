namespace Switchboard.Edge.Api.Sms.Enrichments;

/// <summary>How far an item is.</summary>
internal static class EnrichmentStatus
{
    public const string Pending = "pending";
    public const string Processing = "processing";
    public const string Completed = "completed";
    public const string Failed = "failed";

    public static readonly string[] All = [Pending, Processing, Completed, Failed];
}
