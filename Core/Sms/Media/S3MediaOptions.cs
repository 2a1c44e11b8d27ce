namespace Switchboard.Core.Sms.Media;

/// <summary>A bucket; section <c>Media:S3</c>.</summary>
public sealed class S3MediaOptions
{
    /// <summary>The address of an S3-compatible server, which is asked in path style (<c>{endpoint}/{bucket}/{key}</c>);
    /// none for Amazon's own.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The region; a compatible server without regions takes any, such as <c>us-east-1</c>.</summary>
    public string? Region { get; set; }

    /// <summary>The bucket, which is there.</summary>
    public string? Bucket { get; set; }

    /// <summary>The access key's id. Without one the credentials are those of the machine's role (only Amazon's own).</summary>
    public string? AccessKey { get; set; }

    /// <summary>The access key's secret.</summary>
    public string? SecretKey { get; set; }
}
