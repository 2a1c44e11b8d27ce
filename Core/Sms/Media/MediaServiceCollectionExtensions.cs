using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Switchboard.Core.Sms.Media;

/// <summary>Registration of the media store.</summary>
public static class MediaServiceCollectionExtensions
{
    /// <summary>Adds the <see cref="IMediaStore"/> that section <c>Media</c> chooses.</summary>
    public static IServiceCollection AddMediaStore(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<MediaOptions>().Bind(configuration.GetSection(MediaOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MediaOptions>, MediaOptionsValidator>());
        services.TryAddSingleton(provider => StoreOf(provider.GetRequiredService<IOptions<MediaOptions>>().Value));
        return services;
    }

    private static IMediaStore StoreOf(MediaOptions options) => options.Store switch
    {
        MediaOptions.S3Compatible => new S3MediaStore(options.S3),
        MediaOptions.AzureBlob => new AzureBlobMediaStore(options.Azure),
        _ => new LocalMediaStore(options.Folder!),
    };
}
