using System.ComponentModel.DataAnnotations;

namespace Switchboard.Core.Sms.Media;

/// <summary>Where files of texts are kept; section <c>Media</c>. The edge and Ingest must name the same place.</summary>
public sealed class MediaOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Media";

    /// <summary>A folder that all processes reach.</summary>
    public const string Local = "local";

    /// <summary>A bucket of Amazon S3, or of a server that speaks its protocol.</summary>
    public const string S3Compatible = "s3";

    /// <summary>A container of Azure Blob Storage.</summary>
    public const string AzureBlob = "azure";

    /// <summary>Which of them: <c>local</c>, <c>s3</c> or <c>azure</c>.</summary>
    [Required]
    public string Store { get; set; } = Local;

    /// <summary>The folder, for <c>local</c>.</summary>
    public string? Folder { get; set; }

    /// <summary>The bucket, for <c>s3</c>.</summary>
    public S3MediaOptions S3 { get; init; } = new();

    /// <summary>The container, for <c>azure</c>.</summary>
    public AzureMediaOptions Azure { get; init; } = new();
}
