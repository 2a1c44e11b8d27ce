using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Switchboard.Core.Media;

/// <summary>Keeps files in a bucket of Amazon S3 or of a server that speaks its protocol. An upload is seen whole or not at all.</summary>
internal sealed class S3MediaStore : IMediaStore, IDisposable
{
    private readonly AmazonS3Client _client;
    private readonly string _bucket;

    public S3MediaStore(S3MediaOptions options)
    {
        _bucket = options.Bucket!;
        var config = Config(options);
        _client = string.IsNullOrWhiteSpace(options.AccessKey)
            ? new AmazonS3Client(config)
            : new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config);
    }

    /// <inheritdoc/>
    public async Task SaveAsync(string key, string path, string contentType, CancellationToken cancellationToken)
    {
        var request = new PutObjectRequest
        {
            BucketName = _bucket,
            Key = key,
            FilePath = path,
            ContentType = contentType,
            // signed in chunks it would be S3's own encoding, which not all servers read
            UseChunkEncoding = false,
        };
        await _client.PutObjectAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            // the connection goes back when the stream is disposed of
            return (await _client.GetObjectAsync(_bucket, key, cancellationToken)).ResponseStream;
        }
        catch (AmazonS3Exception reason) when (IsMissing(reason))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await _client.DeleteObjectAsync(_bucket, key, cancellationToken);
        }
        catch (AmazonS3Exception reason) when (IsMissing(reason))
        {
            // S3 itself says 204; some compatible servers say this
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // a bucket that is not there is an error of whoever runs this, not a file that is not there
    private static bool IsMissing(AmazonS3Exception reason) =>
        reason.StatusCode == HttpStatusCode.NotFound && reason.ErrorCode != "NoSuchBucket";

    private static AmazonS3Config Config(S3MediaOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Endpoint))
            return new() { RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region) };
        return new()
        {
            ServiceURL = options.Endpoint,
            AuthenticationRegion = options.Region,
            ForcePathStyle = true,
            // checksums that came to S3 in 2025, and not to all that are like it
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
    }
}
