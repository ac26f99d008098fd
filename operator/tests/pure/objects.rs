//! Everything that was built, as the API server would get it.

use acervo_operator::names;
use acervo_operator::reconcile::build::Resources;
use k8s_openapi::api::core::v1::PodSpec;
use kube::Resource;
use serde::Serialize;
use serde_json::Value;

/// One object with its kind.
pub(crate) fn value<K: Resource<DynamicType = ()> + Serialize>(object: &K) -> Value {
    let mut value = serde_json::to_value(object).unwrap();
    let fields = value.as_object_mut().unwrap();
    fields.insert("apiVersion".to_owned(), K::api_version(&()).into());
    fields.insert("kind".to_owned(), K::kind(&()).into());
    value
}

/// Every object. Without `..`: a kind that is built and not looked at does not compile.
pub(crate) fn all<State>(resources: &Resources<State>) -> Vec<Value> {
    let Resources {
        namespace,
        service_accounts,
        quota,
        limit_range,
        network_policies,
        access,
        pull_secrets,
        ca_bundle,
        claim,
        tenant_table,
        deployment,
        disruption_budget,
        autoscaler,
        service,
        listener_set,
        http_routes,
        ingress,
        notice_routes,
        notice_ingress,
        ingest_jobs,
        waiting: _,
        spent_jobs: _,
        servers: _,
        routes: _,
        state: _,
    } = resources;
    let mut objects = vec![value(namespace)];
    objects.extend(service_accounts.iter().map(value));
    objects.extend([value(quota), value(limit_range)]);
    objects.extend(network_policies.iter().map(value));
    objects.extend(access.iter().map(value));
    objects.extend(pull_secrets.iter().map(value));
    objects.extend(ca_bundle.iter().map(value));
    objects.extend(claim.iter().map(value));
    objects.extend([value(tenant_table), value(deployment)]);
    objects.extend(disruption_budget.iter().map(value));
    objects.extend(autoscaler.iter().map(value));
    objects.push(value(service));
    objects.extend(listener_set.iter().map(value));
    objects.extend(http_routes.iter().map(value));
    objects.extend(ingress.iter().map(value));
    objects.extend(notice_routes.iter().map(value));
    objects.extend(notice_ingress.iter().map(value));
    objects.extend(ingest_jobs.iter().map(value));
    objects
}

/// The objects as YAML documents, without the digest in the record of a Deployment, which follows from the rest.
pub(crate) fn yaml<State>(resources: &Resources<State>) -> String {
    let mut documents = all(resources);
    let documents = documents.iter_mut().map(|object| {
        let annotations = object.pointer_mut("/metadata/annotations");
        if let Some(record) = annotations.and_then(|all| all.get_mut(names::ROLLOUT)) {
            let cause = record
                .as_str()
                .and_then(|text| text.rsplit_once(':'))
                .unwrap()
                .0;
            *record = format!("{cause}:DIGEST").into();
        }
        let yaml = serde_saphyr::to_string(object).unwrap();
        format!("---\n{}\n", yaml.trim_end())
    });
    documents.collect()
}

/// The pods of everything that runs.
pub(crate) fn pods<State>(resources: &Resources<State>) -> Vec<PodSpec> {
    let deployment = resources.deployment.spec.clone().unwrap().template;
    let jobs = resources.ingest_jobs.iter();
    let jobs = jobs.map(|job| job.spec.clone().unwrap().template);
    std::iter::once(deployment)
        .chain(jobs)
        .map(|template| template.spec.unwrap())
        .collect()
}
