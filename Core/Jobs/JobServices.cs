using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using RabbitMQ.Client;
using Switchboard.Core.Jobs.Consuming;
using Switchboard.Core.Jobs.Scheduling;

namespace Switchboard.Core.Jobs;

/// <summary>
/// Adds jobs to a process. It must have an <see cref="IConnectionFactory"/> of RabbitMQ and an <see cref="NpgsqlDataSource"/>.
/// Options: <see cref="JobOptions"/>.
/// </summary>
public static class JobServices
{
    /// <summary>Adds <see cref="JobPublisher"/>, <see cref="ScheduledJobs"/>, <see cref="JobOutbox"/>, <see cref="DeadJobs"/> and
    /// <see cref="JobStats"/>.</summary>
    public static IServiceCollection AddJobPublishing(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(JobPublisher)))
            return services;
        JobTypes.Checked(JobTypes.All);
        services.AddOptions<JobOptions>().BindConfiguration(JobOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<JobOptions>, JobOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new JobPublisher(
            provider.GetRequiredService<IConnectionFactory>(),
            provider.GetRequiredService<IOptions<JobOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<JobPublisher>>(),
            provider.GetServices<ServedWorker>()));
        services.AddSingleton(provider => new ScheduledJobs(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new JobOutbox(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<JobPublisher>(),
            provider.GetRequiredService<IOptions<JobOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<JobOutbox>>()));
        services.AddSingleton(provider => new DeadJobs(
            provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<QueueStates>();
        services.AddSingleton(provider => new JobStats(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<QueueStates>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<JobPublisherHost>();
        services.AddHostedService(provider => new QueueLengthPoll(
            provider.GetRequiredService<JobPublisher>(),
            TimeSpan.FromMilliseconds(provider.GetRequiredService<IOptions<JobOptions>>().Value.QueueLengthPollMs),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<QueueLengthPoll>>()));
        return services;
    }

    /// <summary>Serves the queues of a worker; the process can publish too.</summary>
    public static IServiceCollection AddJobWorker(this IServiceCollection services, JobWorker worker, Action<JobWorkerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.AddJobPublishing();
        services.AddSingleton(new ServedWorker(worker));
        var builder = new JobWorkerBuilder(services, worker);
        configure(builder);
        if (!services.Any(service => service.ServiceType == typeof(JobCounters)))
        {
            services.AddSingleton<JobCounters>();
            services.AddSingleton<DependencyWait>();
            services.AddSingleton<SettlementWriter>();
            services.AddSingleton<BatchRunner>();
            services.AddHostedService<JobCountersFlush>();
        }

        services.AddSingleton<IHostedService>(provider => new JobWorkerHost(
            worker,
            builder.Handled,
            provider.GetRequiredService<BatchRunner>(),
            provider.GetRequiredService<JobCounters>(),
            provider.GetRequiredService<IConnectionFactory>(),
            provider.GetRequiredService<IOptions<JobOptions>>(),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<JobWorkerHost>>()));
        return services;
    }

    /// <summary>Measures how much waits in all queues and for how long (<see cref="QueueLagPoll"/>). One process that always runs is
    /// enough.</summary>
    public static IServiceCollection AddQueueLag(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddJobPublishing();
        services.AddHostedService<QueueLagPoll>();
        return services;
    }

    /// <summary>Publishes the jobs of <c>scheduled_jobs</c> when they are due. Any number of processes may do so at once.</summary>
    public static IServiceCollection AddJobScheduler(this IServiceCollection services)
    {
        services.AddJobPublishing();
        services.AddHostedService<JobScheduler>();
        return services;
    }

    /// <summary>Runs a job again and again, the first time at once. Its schedule is a row in <c>scheduled_jobs</c>.</summary>
    /// <param name="services">The process's services.</param>
    /// <param name="name">Makes the schedule unique; the same in every replica.</param>
    /// <param name="every">The time between two runs. Runs missed while nothing ran are not made up for.</param>
    /// <param name="job">The job of an id; each run is one with a new id.</param>
    public static IServiceCollection AddRecurringJob<TJob>(
        this IServiceCollection services, string name, TimeSpan every, Func<Guid, TJob> job)
        where TJob : IJob
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, TimeSpan.FromSeconds(1));
        services.AddJobPublishing();
        services.AddSingleton(new RecurringJob(name, every, id => new OutgoingJob(job(id))));
        if (!services.Any(service => service.ImplementationType == typeof(RecurringJobRegistrar)))
            services.AddHostedService<RecurringJobRegistrar>();
        return services;
    }
}

/// <summary>A worker whose queues this process empties.</summary>
internal sealed record ServedWorker(JobWorker Worker);

/// <summary>Registers the jobs that a process serves, with their handlers.</summary>
public sealed class JobWorkerBuilder
{
    private readonly IServiceCollection _services;
    private readonly JobWorker _worker;
    private readonly Dictionary<string, HandledJob> _handled = [];

    internal JobWorkerBuilder(IServiceCollection services, JobWorker worker)
    {
        _services = services;
        _worker = worker;
    }

    internal IEnumerable<HandledJob> Handled => _handled.Values;

    /// <summary>Serves a job type.</summary>
    /// <param name="maxBatch">The most jobs that the handler is given at once.</param>
    /// <param name="concurrentBatches">How many batches of this type are in work at once in this process.</param>
    /// <param name="window">How long the first job of a batch waits for others, in place of <see cref="JobOptions.BatchWindowMs"/>:
    /// longer where nobody looks at the clock and a larger batch costs hardly more.</param>
    /// <typeparam name="TJob">The job's record.</typeparam>
    /// <typeparam name="THandler">Its handler, a scoped service.</typeparam>
    /// <exception cref="InvalidOperationException">The type belongs to another worker or has a handler already.</exception>
    public JobWorkerBuilder Handle<TJob, THandler>(int maxBatch = 100, int concurrentBatches = 2, TimeSpan? window = null)
        where TJob : IJob
        where THandler : class, IJobHandler<TJob>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(concurrentBatches, 1);
        if (TJob.Type.Worker != _worker)
            throw new InvalidOperationException($"{TJob.Type.Name} belongs to {TJob.Type.Worker}, not to {_worker}.");
        if (!_handled.TryAdd(TJob.Type.Name, new HandledJob<TJob, THandler>(maxBatch, concurrentBatches, window)))
            throw new InvalidOperationException($"{TJob.Type.Name} has a handler already.");
        _services.TryAddScoped<THandler>();
        return this;
    }
}
