namespace Switchboard.Core.Sms.Media;

/// <summary>Where files of texts are kept. Saving under a key that is there replaces it whole or not at all.</summary>
public interface IMediaStore
{
    /// <summary>Keeps a file.</summary>
    /// <param name="key">Its name: <see cref="MediaKey.Of"/>.</param>
    /// <param name="path">The file to keep, whole and closed; it stays where it is.</param>
    /// <param name="contentType">What it is.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task SaveAsync(string key, string path, string contentType, CancellationToken cancellation);

    /// <summary>Opens a kept file; null when there is none of that name. The caller disposes of it.</summary>
    Task<Stream?> OpenAsync(string key, CancellationToken cancellation);

    /// <summary>Removes a file; one that is not there is no error.</summary>
    Task DeleteAsync(string key, CancellationToken cancellation);
}
