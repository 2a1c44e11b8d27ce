using System.Globalization;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Switchboard.Core.Media;

/// <summary>Where files are kept. Saving under a key that is there replaces it whole or not at all.</summary>
public interface IMediaStore
{
    /// <summary>Keeps a file.</summary>
    /// <param name="key">Its name: <see cref="MediaKey"/>.</param>
    /// <param name="path">The file to keep, whole and closed; it stays where it is.</param>
    /// <param name="contentType">What it is.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task SaveAsync(string key, string path, string contentType, CancellationToken cancellationToken);

    /// <summary>Opens a kept file; null when there is none of that name. The caller disposes of it.</summary>
    Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken);

    /// <summary>Removes a file; one that is not there is no error.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);
}

/// <summary>How kept files are named.</summary>
public static class MediaKey
{
    /// <summary>The key of the file that a try to fetch it keeps: no other try replaces or deletes it unknowingly.</summary>
    public static string Of(Guid userId, Guid itemId, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"{userId}/{itemId}-{attempt}");

    /// <summary>The keys of all tries up to this one: what any of them may have left behind.</summary>
    public static IEnumerable<string> UpTo(Guid userId, Guid itemId, int attempt) =>
        Enumerable.Range(1, attempt).Select(each => Of(userId, itemId, each));
}

/// <summary>Registration of the media store.</summary>
public static class MediaServices
{
    /// <summary>Adds the <see cref="IMediaStore"/> that section <c>Media</c> chooses.</summary>
    public static IServiceCollection AddMediaStore(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<MediaOptions>().Bind(configuration.GetSection(MediaOptions.Section))
            .ValidateDataAnnotations().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MediaOptions>, MediaOptionsValidator>());
        services.TryAddSingleton(provider => StoreOf(provider.GetRequiredService<IOptions<MediaOptions>>().Value));
        return services;
    }

    /// <summary>Adds the <see cref="TempFolder"/>. To come before what uses it: it is to outlive that.</summary>
    public static IServiceCollection AddTempFolder(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<TempFolder>();
        return services.AddHostedService(provider => provider.GetRequiredService<TempFolder>());
    }

    private static IMediaStore StoreOf(MediaOptions options) => options.Store switch
    {
        MediaOptions.S3Compatible => new S3MediaStore(options.S3),
        MediaOptions.AzureBlob => new AzureBlobMediaStore(options.Azure),
        _ => new LocalMediaStore(options.Folder!),
    };
}
