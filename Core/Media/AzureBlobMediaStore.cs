using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Switchboard.Core.Media;

/// <summary>Keeps files in a container of Azure Blob Storage. An upload is seen whole or not at all.</summary>
internal sealed class AzureBlobMediaStore(AzureMediaOptions options) : IMediaStore
{
    // one request for a file of this size, which is more than media of SMS have; larger ones go in blocks, one after another
    private static readonly StorageTransferOptions OneRequest = new()
    {
        InitialTransferSize = 64 * 1024 * 1024,
        MaximumTransferSize = 4 * 1024 * 1024,
        MaximumConcurrency = 1,
    };

    private readonly BlobContainerClient _container = new(options.ConnectionString, options.Container);
    private volatile bool _isThere;

    /// <inheritdoc/>
    public async Task SaveAsync(string key, string path, string contentType, CancellationToken cancellationToken)
    {
        await EnsureContainerAsync(cancellationToken);
        await _container.GetBlobClient(key).UploadAsync(
            path,
            new BlobUploadOptions { HttpHeaders = new() { ContentType = contentType }, TransferOptions = OneRequest },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            // the connection goes back when the stream is disposed of
            return (await _container.GetBlobClient(key).DownloadStreamingAsync(cancellationToken: cancellationToken)).Value.Content;
        }
        catch (RequestFailedException reason) when (reason.Status == 404)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        await _container.GetBlobClient(key).DeleteIfExistsAsync(cancellationToken: cancellationToken);

    // several at once may ask for it, which makes one
    private async Task EnsureContainerAsync(CancellationToken cancellationToken)
    {
        if (_isThere)
            return;
        await _container.CreateIfNotExistsAsync(PublicAccessType.None, cancellationToken: cancellationToken);
        _isThere = true;
    }
}
