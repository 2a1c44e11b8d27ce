using System.ComponentModel.DataAnnotations;
using Azure.Storage.Blobs;

namespace Switchboard.Core.Media;

/// <summary>
/// Where files are kept, of SMS and of the media library; section <c>Media</c>. All processes that read it must name the same place.
/// </summary>
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

    /// <summary>Where files are while they are looked at; if it is not set, <c>switchboard-media</c> in the system's own folder.</summary>
    public string? TempFolder { get; set; }

    /// <summary>The bucket, for <c>s3</c>.</summary>
    public S3MediaOptions S3 { get; init; } = new();

    /// <summary>The container, for <c>azure</c>.</summary>
    public AzureMediaOptions Azure { get; init; } = new();
}

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

/// <summary>A container of Azure Blob Storage; section <c>Media:Azure</c>.</summary>
public sealed class AzureMediaOptions
{
    /// <summary>The storage account, with its key or a shared access signature.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The container; made when it is not there.</summary>
    public string Container { get; set; } = "media";
}

/// <summary>Refuses to start without what the chosen store needs, and says what to set.</summary>
internal sealed class MediaOptionsValidator : IValidateOptions<MediaOptions>
{
    public ValidateOptionsResult Validate(string? name, MediaOptions options)
    {
        var errors = options.Store switch
        {
            MediaOptions.Local => OfFolder(options),
            MediaOptions.S3Compatible => OfBucket(options.S3),
            MediaOptions.AzureBlob => OfContainer(options.Azure),
            _ => [$"Media:Store is '{options.Store}'. Set it to local, s3 or azure."],
        };
        var all = errors.ToArray();
        return all.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(all);
    }

    private static IEnumerable<string> OfFolder(MediaOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Folder))
            yield return "Set Media:Folder to the folder in which files are kept, or Media:Store to s3 or azure.";
        else if (!Path.IsPathFullyQualified(options.Folder))
            yield return $"Media:Folder is '{options.Folder}'. Set it to an absolute path: processes do not start in the same folder.";
    }

    private static IEnumerable<string> OfBucket(S3MediaOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Bucket))
            yield return "Set Media:S3:Bucket to the name of the bucket.";
        if (string.IsNullOrWhiteSpace(options.Region))
            yield return "Set Media:S3:Region to the bucket's region, such as eu-central-1.";
        if (!string.IsNullOrWhiteSpace(options.Endpoint)
            && !(Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https"))
        {
            yield return $"Media:S3:Endpoint is '{options.Endpoint}'. Set it to an address such as https://s3.example.com, "
                + "or remove it for Amazon's own.";
        }

        if (string.IsNullOrWhiteSpace(options.AccessKey) != string.IsNullOrWhiteSpace(options.SecretKey))
            yield return "Set both of Media:S3:AccessKey and Media:S3:SecretKey, or none of them.";
        else if (string.IsNullOrWhiteSpace(options.AccessKey) && !string.IsNullOrWhiteSpace(options.Endpoint))
            yield return "Set Media:S3:AccessKey and Media:S3:SecretKey: only Amazon's own S3 knows the role of a machine.";
    }

    private static IEnumerable<string> OfContainer(AzureMediaOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
            yield return "Set Media:Azure:ConnectionString to that of the storage account.";
        else if (!IsConnectionString(options.ConnectionString))
            yield return "Media:Azure:ConnectionString is not a connection string of a storage account: "
                + "AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net.";
        if (!IsContainerName(options.Container))
            yield return $"Media:Azure:Container is '{options.Container}'. Set it to 3 to 63 lower-case letters, digits and single hyphens.";
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            _ = new BlobServiceClient(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool IsContainerName(string name) =>
        name.Length is >= 3 and <= 63
        && name.All(letter => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')
        && !name.StartsWith('-') && !name.EndsWith('-') && !name.Contains("--", StringComparison.Ordinal);
}
