using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Jobs;

namespace Switchboard.Tests.Unit.Jobs;

public sealed class JobTypesTests
{
    [Fact]
    public void Every_job_record_is_listed()
    {
        var records = typeof(IJob).Assembly.GetTypes().Where(type => type is { IsClass: true } && type.IsAssignableTo(typeof(IJob)));

        JobTypes.All.Select(type => type.Name).Order()
            .ShouldBe(records.Select(record => JobCodec.Of(record).Type.Name).Order());
    }

    [Fact]
    public void Two_types_of_one_name_are_refused() =>
        Should.Throw<InvalidOperationException>(() => JobTypes.Checked([SampleJob.Type, SampleJob.Type])).Message.ShouldContain("sample-job");

    [Fact]
    public void A_worker_does_not_serve_what_belongs_to_another() =>
        Should.Throw<InvalidOperationException>(() => new ServiceCollection()
                .AddJobWorker(JobWorker.Dispatch, worker => worker.Handle<SampleJob, SampleHandler>()))
            .Message.ShouldContain("belongs to Ingest");

    [Fact]
    public void A_type_has_one_handler() =>
        Should.Throw<InvalidOperationException>(() => new ServiceCollection()
                .AddJobWorker(JobWorker.Ingest, worker => worker.Handle<SampleJob, SampleHandler>().Handle<SampleJob, SampleHandler>()))
            .Message.ShouldContain("sample-job");

    [Fact]
    public void A_job_goes_to_the_queue_of_its_type_unless_it_says_otherwise()
    {
        JobQueue.Of(SampleJob.Type, new SampleJob(Guid.Empty, "x")).Name.ShouldBe("ingest.normal");
        JobQueue.Of(SampleJob.Type, new SampleJob(Guid.Empty, "x", JobPriority.VeryLow)).Name.ShouldBe("ingest.very-low");
    }
}
