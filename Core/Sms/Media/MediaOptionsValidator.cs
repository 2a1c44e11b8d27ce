using Azure.Storage.Blobs;
using Microsoft.Extensions.Options;

namespace Switchboard.Core.Sms.Media;

/// <summary>Refuses to start without what the chosen store needs, and says what to set.</summary>
internal sealed class MediaOptionsValidator : IValidateOptions<MediaOptions>
{
    public ValidateOptionsResult Validate(string? name, MediaOptions options)
    {
        var mistakes = options.Store switch
        {
            MediaOptions.Local => OfFolder(options),
            MediaOptions.S3Compatible => OfBucket(options.S3),
            MediaOptions.AzureBlob => OfContainer(options.Azure),
            _ => [$"Media:Store is '{options.Store}'. Set it to local, s3 or azure."],
        };
        var all = mistakes.ToArray();
        return all.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(all);
    }

    private static IEnumerable<string> OfFolder(MediaOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Folder))
            yield return "Set Media:Folder to the folder in which files of texts are kept, or Media:Store to s3 or azure.";
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
            yield return "Media:Azure:ConnectionString is none of a storage account: AccountName=…;AccountKey=…;EndpointSuffix=core.windows.net.";
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
