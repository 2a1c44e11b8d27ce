namespace Switchboard.Core.Sms.Media;

/// <summary>A container of Azure Blob Storage; section <c>Media:Azure</c>.</summary>
public sealed class AzureMediaOptions
{
    /// <summary>The storage account, with its key or a shared access signature.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The container; made when it is not there.</summary>
    public string Container { get; set; } = "media";
}
